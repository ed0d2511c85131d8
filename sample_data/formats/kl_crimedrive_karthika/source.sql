CREATE TABLE `crime_register` (
  `crime_id` text,
  `ps_name` text,
  `crime_no` text,
  `reg_date` text,
  `reg_time` text,
  `occ_date` text,
  `sections` text,
  `petitioner` text,
  `petitioner_address` text,
  `accused` text,
  `po_place` text,
  `gist` text,
  `io_name` text,
  `stage` text
) ENGINE=InnoDB DEFAULT CHARSET=latin1;
INSERT INTO `crime_register` (crime_id, ps_name, crime_no, reg_date, reg_time, occ_date, sections, petitioner, petitioner_address, accused, po_place, gist, io_name, stage) VALUES ('501', 'amXrIm\\KÀ', '7/06', '2006-02-06', '11:00:00', '2006-02-03', 'hIp¸v 457, 380 sF.]n.kn.', '`mh\\ DZmlcW¡p«n', 'amXrIm\\KÀ', '`mh\\ amXrIm]nÅ', ']mew, `mh\\m]pcw', ']cmXn¡mc³ `mh\\m]pcw Øe¯v \\S¶ kw`hs¯¸Án ]cmXn \\ÂIn. CXv km¦ånI tIkv, \\¼À 101.', 'Fkv.sF. amXrI³ `mh\\m\\mbÀ', 'CC');
INSERT INTO `crime_register` (crime_id, ps_name, crime_no, reg_date, reg_time, occ_date, sections, petitioner, petitioner_address, accused, po_place, gist, io_name, stage) VALUES ('502', '`mh\\m]pcw', '14/06', '2006-03-08', '16:00:00', '2006-03-07', 'hIp¸v 279, 337 sF.]n.kn.', 'amXrI³ `mh\\m\\mbÀ', 'DZmlcW]pcw', '1) DZmlcW³ DZmlcW¡p«n 2) amXrI³ `mh\\m\\mbÀ', ']mew, amXrIm\\KÀ', ']cmXn¡mc³ amXrIm\\KÀ Øe¯v \\S¶ kw`hs¯¸Án ]cmXn \\ÂIn. CXv km¦ånI tIkv, \\¼À 102.', 'Fkv.sF. DZmlcW³ `mh\\m\\mbÀ', 'REF');
INSERT INTO `crime_register` (crime_id, ps_name, crime_no, reg_date, reg_time, occ_date, sections, petitioner, petitioner_address, accused, po_place, gist, io_name, stage) VALUES ('503', 'amXrIm\\KÀ', '21/06', '2006-04-08', '09:45:00', '2006-04-07', 'hIp¸v 379 sF.]n.kn.', 'DZmlcW³ amXrIm]nÅ', '`mh\\m]pcw', 'km¦ånI³ DZmlcW¡p«n F¶ Ip«³', 'N´, amXrIm\\KÀ', ']cmXn¡mc³ amXrIm\\KÀ Øe¯v \\S¶ kw`hs¯¸Án ]cmXn \\ÂIn. CXv km¦ånI tIkv, \\¼À 103.', 'Fkv.sF. km¦ånI³ `mh\\m\\mbÀ', 'UI');
INSERT INTO `crime_register` (crime_id, ps_name, crime_no, reg_date, reg_time, occ_date, sections, petitioner, petitioner_address, accused, po_place, gist, io_name, stage) VALUES ('504', '`mh\\m]pcw', '28/06', '2006-05-02', '14:30:00', '2006-04-29', 'hIp¸v 457, 380 sF.]n.kn.', 'amXrI³ DZmlcW¡p«n', 'DZmlcW]pcw', '1) DZmlcW³ `mh\\m\\mbÀ 2) km¦ånI³ DZmlcW¡p«n aÁp 3 t]cpw', 'N´, `mh\\m]pcw', ']cmXn¡mc³ `mh\\m]pcw Øe¯v \\S¶ kw`hs¯¸Án ]cmXn \\ÂIn. CXv km¦ånI tIkv, \\¼À 104.', 'Fkv.sF. `mh\\ `mh\\m\\mbÀ', 'CC');
INSERT INTO `crime_register` (crime_id, ps_name, crime_no, reg_date, reg_time, occ_date, sections, petitioner, petitioner_address, accused, po_place, gist, io_name, stage) VALUES ('505', 'amXrIm\\KÀ', '35/06', '2006-05-28', '10:00:00', '2006-05-25', 'hIp¸v 279, 337 sF.]n.kn.', '`mh\\ amXrIm]nÅ', 'DZmlcW]pcw', 'AÚmX³', 'hbÂ, DZmlcW]pcw', ']cmXn¡mc³ DZmlcW]pcw Øe¯v \\S¶ kw`hs¯¸Án ]cmXn \\ÂIn. CXv km¦ånI tIkv, \\¼À 105.', 'Fkv.sF. km¦ånI³ amXrIm]nÅ', 'REF');
INSERT INTO `crime_register` (crime_id, ps_name, crime_no, reg_date, reg_time, occ_date, sections, petitioner, petitioner_address, accused, po_place, gist, io_name, stage) VALUES ('506', '`mh\\m]pcw', '7/07', '2007-02-09', '04:45:00', '2007-02-07', 'hIp¸v 379 sF.]n.kn.', '`mh\\ DZmlcW¡p«n', 'amXrIm\\KÀ', 'amXrI³ amXrIm]nÅ', ']mew, `mh\\m]pcw', ']cmXn¡mc³ `mh\\m]pcw Øe¯v \\S¶ kw`hs¯¸Án ]cmXn \\ÂIn. CXv km¦ånI tIkv, \\¼À 106.', 'Fkv.sF. km¦ånI³ DZmlcW¡p«n', 'UI');
INSERT INTO `crime_register` (crime_id, ps_name, crime_no, reg_date, reg_time, occ_date, sections, petitioner, petitioner_address, accused, po_place, gist, io_name, stage) VALUES ('507', 'amXrIm\\KÀ', '14/07', '2007-03-06', '13:30:00', '2007-03-03', 'hIp¸v 457, 380 sF.]n.kn.', 'km¦ånI³ amXrIm]nÅ', 'amXrIm\\KÀ', '1) DZmlcW³ `mh\\m\\mbÀ 2) amXrI³ `mh\\m\\mbÀ', 'N´, DZmlcW]pcw', ']cmXn¡mc³ DZmlcW]pcw Øe¯v \\S¶ kw`hs¯¸Án ]cmXn \\ÂIn. CXv km¦ånI tIkv, \\¼À 107.', 'Fkv.sF. `mh\\ amXrIm]nÅ', 'CC');
INSERT INTO `crime_register` (crime_id, ps_name, crime_no, reg_date, reg_time, occ_date, sections, petitioner, petitioner_address, accused, po_place, gist, io_name, stage) VALUES ('508', '`mh\\m]pcw', '21/07', '2007-04-03', '20:30:00', '2007-03-31', 'hIp¸v 279, 337 sF.]n.kn.', '`mh\\ DZmlcW¡p«n', 'DZmlcW]pcw', 'amXrI³ amXrIm]nÅ F¶ Ip«³', ']mew, `mh\\m]pcw', ']cmXn¡mc³ `mh\\m]pcw Øe¯v \\S¶ kw`hs¯¸Án ]cmXn \\ÂIn. CXv km¦ånI tIkv, \\¼À 108.', 'Fkv.sF. `mh\\ DZmlcW¡p«n', 'REF');
INSERT INTO `crime_register` (crime_id, ps_name, crime_no, reg_date, reg_time, occ_date, sections, petitioner, petitioner_address, accused, po_place, gist, io_name, stage) VALUES ('509', 'amXrIm\\KÀ', '28/07', '2007-05-01', '07:00:00', '2007-04-30', 'hIp¸v 379 sF.]n.kn.', 'DZmlcW³ amXrIm]nÅ', 'amXrIm\\KÀ', '1) `mh\\ `mh\\m\\mbÀ 2) `mh\\ amXrIm]nÅ aÁp 3 t]cpw', 'hbÂ, amXrIm\\KÀ', ']cmXn¡mc³ amXrIm\\KÀ Øe¯v \\S¶ kw`hs¯¸Án ]cmXn \\ÂIn. CXv km¦ånI tIkv, \\¼À 109.', 'Fkv.sF. km¦ånI³ DZmlcW¡p«n', 'UI');
INSERT INTO `crime_register` (crime_id, ps_name, crime_no, reg_date, reg_time, occ_date, sections, petitioner, petitioner_address, accused, po_place, gist, io_name, stage) VALUES ('510', '`mh\\m]pcw', '35/07', '2007-05-28', '01:30:00', '2007-05-26', 'hIp¸v 457, 380 sF.]n.kn.', 'amXrI³ DZmlcW¡p«n', 'amXrIm\\KÀ', 'AÚmX³', ']mew, amXrIm\\KÀ', ']cmXn¡mc³ amXrIm\\KÀ Øe¯v \\S¶ kw`hs¯¸Án ]cmXn \\ÂIn. CXv km¦ånI tIkv, \\¼À 110.', 'Fkv.sF. km¦ånI³ `mh\\m\\mbÀ', 'CC');
