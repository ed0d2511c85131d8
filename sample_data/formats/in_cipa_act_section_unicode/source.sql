--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';

CREATE TABLE fir_act_section (
    act_srno character varying,
    fir_reg_num character varying,
    act_name character varying,
    section_desc character varying,
    record_status character varying
);

COPY fir_act_section (act_srno, fir_reg_num, act_name, section_desc, record_status) FROM stdin;
1	3302060007	IPC	323	A
2	3302060007	IPC	504	A
3	3302060007	IPC	506	A
4	3301060014	IPC	302	A
5	3301060014	IPC	34	A
6	3301060014	ARMS	25	A
7	3302060021	IPC	379	A
8	3301060028	IPC	279	A
9	3301060028	IPC	304A	A
10	3302060035	IPC	379	A
11	3302060035	IPC	411	A
12	3301070007	IPC	323	A
13	3301070007	IPC	504	A
14	3301070007	IPC	506	A
15	3302070014	IPC	302	A
16	3302070014	IPC	34	A
17	3302070014	ARMS	25	A
18	3301070021	IPC	379	A
19	3302070028	IPC	279	A
20	3302070028	IPC	304A	A
21	3301070035	IPC	379	A
22	3301070035	IPC	411	A
\.

--
-- PostgreSQL database dump complete
--
