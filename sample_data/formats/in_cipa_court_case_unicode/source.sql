--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';

CREATE TABLE court_case (
    case_srno character varying,
    fir_reg_num character varying,
    cs_no character varying,
    cs_dt character varying,
    court_case_no character varying,
    judgement_dt character varying,
    accused_name character varying,
    result_cd character varying,
    fine_amt character varying
);

COPY court_case (case_srno, fir_reg_num, cs_no, cs_dt, court_case_no, judgement_dt, accused_name, result_cd, fine_amt) FROM stdin;
1	3302060007	7	2006-02-10	101/2007	2007-11-20	उदाहरण मिथ्याराम	ACQ	\N
2	3301060014	14	2006-03-12	102/2007	2007-11-20	नमूना नमूनादास	CONV	500
3	3302060021	21	2006-04-04	103/2007	2007-11-20	नमूना नमूनादास	ACQ	\N
4	3301060028	28	2006-04-27	104/2007	2007-11-20	उदाहरण नमूनादास	CONV	500
5	3301070007	7	2007-02-11	106/2008	2008-11-20	उदाहरण नमूनादास	CONV	500
6	3302070014	14	2007-03-11	107/2008	2008-11-20	काल्पनिक नमूनादास	ACQ	\N
7	3301070021	21	2007-04-03	108/2008	2008-11-20	मनगढ़ंत उदाहरणवाल	CONV	500
8	3302070028	28	2007-05-03	109/2008	2008-11-20	काल्पनिक कल्पनाप्रसाद	ACQ	\N
\.

--
-- PostgreSQL database dump complete
--
