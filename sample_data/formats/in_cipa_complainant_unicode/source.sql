--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';

CREATE TABLE complainant (
    comp_srno character varying,
    fir_reg_num character varying,
    first_name character varying,
    relation_cd character varying,
    relative_name character varying,
    gender_cd character varying,
    age character varying,
    religion_cd character varying,
    present_address character varying,
    mobile character varying,
    record_status character varying
);

COPY complainant (comp_srno, fir_reg_num, first_name, relation_cd, relative_name, gender_cd, age, religion_cd, present_address, mobile, record_status) FROM stdin;
1	3302060007	नमूना कल्पनाप्रसाद	1	मनगढ़ंत कल्पनाप्रसाद	2	19	2	कल्पनापुर	\N	A
2	3301060014	मनगढ़ंत उदाहरणवाल	1	उदाहरण नमूनादास	2	63	3	कल्पनापुर	9999999999	A
3	3302060021	बनावटी मिथ्याराम	1	बनावटी कल्पनाप्रसाद	3	39	4	उदाहरणगंज	\N	A
4	3301060028	मनगढ़ंत मिथ्याराम	1	उदाहरण उदाहरणवाल	2	32	1	मिथ्यानगर	\N	A
5	3302060035	बनावटी कल्पनाप्रसाद	1	उदाहरण कल्पनाप्रसाद	2	21	2	नमूनाखेड़ा	\N	A
6	3301070007	काल्पनिक नमूनादास	1	उदाहरण कल्पनाप्रसाद	3	52	3	मिथ्यानगर	\N	A
7	3302070014	बनावटी मिथ्याराम	1	काल्पनिक मिथ्याराम	3	51	9	उदाहरणगंज	\N	A
8	3301070021	बनावटी नमूनादास	1	मनगढ़ंत कल्पनाप्रसाद	3	28	1	नमूनाखेड़ा	\N	A
9	3302070028	काल्पनिक मिथ्याराम	1	उदाहरण नमूनादास	2	49	2	नमूनाखेड़ा	\N	A
10	3301070035	नमूना कल्पनाप्रसाद	1	काल्पनिक उदाहरणवाल	3	46	3	नमूनाखेड़ा	\N	A
\.

--
-- PostgreSQL database dump complete
--
