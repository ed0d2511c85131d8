--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';

CREATE TABLE accused (
    accused_srno character varying,
    fir_reg_num character varying,
    accused_code character varying,
    first_name character varying,
    alias_name character varying,
    relation_cd character varying,
    relative_name character varying,
    gender_cd character varying,
    age character varying,
    yob character varying,
    address character varying,
    record_status character varying
);

COPY accused (accused_srno, fir_reg_num, accused_code, first_name, alias_name, relation_cd, relative_name, gender_cd, age, yob, address, record_status) FROM stdin;
1	3302060007	A1	उदाहरण मिथ्याराम	\N	1	उदाहरण कल्पनाप्रसाद	2	34	\N	मिथ्यानगर	A
2	3301060014	A1	नमूना नमूनादास	\N	1	मनगढ़ंत कल्पनाप्रसाद	2	62	\N	कल्पनापुर	A
3	3301060014	A2	बनावटी उदाहरणवाल	\N	1	मनगढ़ंत कल्पनाप्रसाद	2	\N	1986	कल्पनापुर	A
4	3302060021	A1	नमूना नमूनादास	गुड्डू	1	काल्पनिक मिथ्याराम	3	53	\N	नमूनाखेड़ा	A
5	3301060028	A1	उदाहरण नमूनादास	\N	1	काल्पनिक नमूनादास	3	64	\N	नमूनाखेड़ा	A
6	3301060028	A2	नमूना मिथ्याराम	\N	1	नमूना कल्पनाप्रसाद	3	\N	1984	उदाहरणगंज	A
7	3301070007	A1	उदाहरण नमूनादास	\N	1	काल्पनिक नमूनादास	3	48	\N	मिथ्यानगर	A
8	3302070014	A1	काल्पनिक नमूनादास	\N	1	उदाहरण नमूनादास	3	42	\N	मिथ्यानगर	A
9	3302070014	A2	काल्पनिक कल्पनाप्रसाद	\N	1	नमूना नमूनादास	3	\N	1952	नमूनाखेड़ा	A
10	3301070021	A1	मनगढ़ंत उदाहरणवाल	गुड्डू	1	बनावटी नमूनादास	3	61	\N	नमूनाखेड़ा	A
11	3302070028	A1	काल्पनिक कल्पनाप्रसाद	\N	1	बनावटी मिथ्याराम	2	68	\N	मिथ्यानगर	A
12	3302070028	A2	मनगढ़ंत मिथ्याराम	\N	1	मनगढ़ंत नमूनादास	2	\N	1964	उदाहरणगंज	A
\.

--
-- PostgreSQL database dump complete
--
