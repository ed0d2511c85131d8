SET NAMES utf8;
CREATE TABLE `apradh` (
  `THANA` varchar(255),
  `MUKADMA_NO` varchar(255),
  `DINANK` varchar(255),
  `GHATNA_DINANK` varchar(255),
  `DHARA` varchar(255),
  `MUSTGIS` varchar(255),
  `MULJIM` varchar(255),
  `GHATNASTHAL` varchar(255),
  `CHORI` varchar(255),
  `BARAMAD` varchar(255),
  `AO` varchar(255),
  `NATIJA` varchar(255)
) ENGINE=MyISAM;
INSERT INTO `apradh` (THANA, MUKADMA_NO, DINANK, GHATNA_DINANK, DHARA, MUSTGIS, MULJIM, GHATNASTHAL, CHORI, BARAMAD, AO, NATIJA) VALUES ('uewuk[ksM+k', '7/01', '05.02.01', '03.02.01', 'èkkjk 323] 504] 506 Hkk-n-fo-', 'mnkgj.k feF;kjke iq= dkYifud feF;kjke fuoklh feF;kuxj', 'eux<+ar feF;kjke iq= eux<+ar uewuknkl', '[ksr] uewuk[ksM+k', '1500', 'fujad', 'm-fu- mnkgj.k uewuknkl', ',Q-vkj-');
INSERT INTO `apradh` (THANA, MUKADMA_NO, DINANK, GHATNA_DINANK, DHARA, MUSTGIS, MULJIM, GHATNASTHAL, CHORI, BARAMAD, AO, NATIJA) VALUES ('dYiukiqj', '14/01', '04.03.01', '02.03.01', '302@34 Hkk-n-fo- o 25 vkElZ ,DV', 'cukoVh uewuknkl iq= uewuk dYiukçlkn fuoklh uewuk[ksM+k', '1- dkYifud mnkgj.koky iq= uewuk mnkgj.koky 2- mnkgj.k mnkgj.koky iq= mnkgj.k uewuknkl', '[ksr] feF;kuxj', '24000', '1500', 'm-fu- cukoVh feF;kjke', 'vuqlaèkku');
INSERT INTO `apradh` (THANA, MUKADMA_NO, DINANK, GHATNA_DINANK, DHARA, MUSTGIS, MULJIM, GHATNASTHAL, CHORI, BARAMAD, AO, NATIJA) VALUES ('uewuk[ksM+k', '21/01', '06.04.01', '05.04.01', '379', 'dkYifud mnkgj.koky iq= eux<+ar mnkgj.koky fuoklh dYiukiqj', 'cukoVh feF;kjke mQZ xqìw iq= dkYifud dYiukçlkn', 'cl vìk] mnkgj.kxat', '125000', 'fujad', 'm-fu- uewuk mnkgj.koky', 'pkyku');
INSERT INTO `apradh` (THANA, MUKADMA_NO, DINANK, GHATNA_DINANK, DHARA, MUSTGIS, MULJIM, GHATNASTHAL, CHORI, BARAMAD, AO, NATIJA) VALUES ('dYiukiqj', '28/01', '30.04.01', '27.04.01', '279@304, Hkk-n-fo-', 'mnkgj.k uewuknkl iq= mnkgj.k mnkgj.koky fuoklh feF;kuxj', '1- eux<+ar feF;kjke iq= uewuk uewuknkl 2- dkYifud dYiukçlkn iq= cukoVh mnkgj.koky o vU; 3', 'cl vìk] feF;kuxj', '24000', '1500', 'm-fu- uewuk dYiukçlkn', ',Q-vkj-');
INSERT INTO `apradh` (THANA, MUKADMA_NO, DINANK, GHATNA_DINANK, DHARA, MUSTGIS, MULJIM, GHATNASTHAL, CHORI, BARAMAD, AO, NATIJA) VALUES ('uewuk[ksM+k', '35/01', '31.05.01', '29.05.01', '379@411 Hkk-n-fo-', 'mnkgj.k mnkgj.koky iq= mnkgj.k dYiukçlkn fuoklh uewuk[ksM+k', 'vKkr', 'cktkj] dYiukiqj', '24000', 'fujad', 'm-fu- mnkgj.k mnkgj.koky', 'vuqlaèkku');
INSERT INTO `apradh` (THANA, MUKADMA_NO, DINANK, GHATNA_DINANK, DHARA, MUSTGIS, MULJIM, GHATNASTHAL, CHORI, BARAMAD, AO, NATIJA) VALUES ('dYiukiqj', '7/02', '09.02.02', '07.02.02', 'èkkjk 323] 504] 506 Hkk-n-fo-', 'eux<+ar feF;kjke iq= uewuk dYiukçlkn fuoklh mnkgj.kxat', 'mnkgj.k uewuknkl iq= uewuk uewuknkl', 'cl vìk] mnkgj.kxat', '24000', '1500', 'm-fu- mnkgj.k feF;kjke', 'pkyku');
INSERT INTO `apradh` (THANA, MUKADMA_NO, DINANK, GHATNA_DINANK, DHARA, MUSTGIS, MULJIM, GHATNASTHAL, CHORI, BARAMAD, AO, NATIJA) VALUES ('uewuk[ksM+k', '14/02', '08.03.02', '05.03.02', '302@34 Hkk-n-fo- o 25 vkElZ ,DV', 'uewuk feF;kjke iq= cukoVh dYiukçlkn fuoklh dYiukiqj', '1- uewuk uewuknkl iq= eux<+ar uewuknkl 2- dkYifud dYiukçlkn iq= dkYifud dYiukçlkn', '[ksr] dYiukiqj', '125000', 'fujad', 'm-fu- dkYifud uewuknkl', ',Q-vkj-');
INSERT INTO `apradh` (THANA, MUKADMA_NO, DINANK, GHATNA_DINANK, DHARA, MUSTGIS, MULJIM, GHATNASTHAL, CHORI, BARAMAD, AO, NATIJA) VALUES ('dYiukiqj', '21/02', '08.04.02', '05.04.02', '379', 'eux<+ar feF;kjke iq= cukoVh feF;kjke fuoklh mnkgj.kxat', 'eux<+ar uewuknkl mQZ xqìw iq= cukoVh dYiukçlkn', '[ksr] feF;kuxj', '125000', '1500', 'm-fu- uewuk dYiukçlkn', 'vuqlaèkku');
INSERT INTO `apradh` (THANA, MUKADMA_NO, DINANK, GHATNA_DINANK, DHARA, MUSTGIS, MULJIM, GHATNASTHAL, CHORI, BARAMAD, AO, NATIJA) VALUES ('uewuk[ksM+k', '28/02', '02.05.02', '30.04.02', '279@304, Hkk-n-fo-', 'uewuk mnkgj.koky iq= cukoVh feF;kjke fuoklh dYiukiqj', '1- eux<+ar uewuknkl iq= dkYifud mnkgj.koky 2- mnkgj.k feF;kjke iq= cukoVh mnkgj.koky o vU; 3', 'cl vìk] feF;kuxj', '125000', 'fujad', 'm-fu- mnkgj.k mnkgj.koky', 'pkyku');
INSERT INTO `apradh` (THANA, MUKADMA_NO, DINANK, GHATNA_DINANK, DHARA, MUSTGIS, MULJIM, GHATNASTHAL, CHORI, BARAMAD, AO, NATIJA) VALUES ('dYiukiqj', '35/02', '01.06.02', '29.05.02', '379@411 Hkk-n-fo-', 'dkYifud uewuknkl iq= dkYifud uewuknkl fuoklh mnkgj.kxat', 'vKkr', 'cl vìk] dYiukiqj', '24000', '1500', 'm-fu- mnkgj.k dYiukçlkn', ',Q-vkj-');
