//! The names of the months in the languages of the stores, and of their neighbours. Pure data.

/// The names of each month, in lower case: whole, bent and cut as people write them. None is of two
/// months.
pub(super) const MONTHS: [&str; 12] = [
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia \
     styczeń sty leden ledna ocak oca يناير tammikuuta tammikuu",
    "february feb februar février févr fév fevrier febrero febbraio fevereiro fev februari \
     lutego luty lut únor února şubat şub فبراير helmikuuta helmikuu",
    "march mar märz mär maerz mars marzo março marco maart mrt marca marzec březen března \
     mart مارس marts maaliskuuta maaliskuu",
    "april apr avril avr abril abr aprile kwietnia kwiecień kwi duben dubna nisan nis أبريل \
     ابريل huhtikuuta huhtikuu",
    "may mai mayo maggio mag maio mei maj maja květen května mayıs مايو toukokuuta toukokuu",
    "june jun juni juin junio giugno giu junho czerwca czerwiec cze červen června haziran haz \
     يونيو kesäkuuta kesäkuu",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec lip červenec července \
     temmuz tem يوليو heinäkuuta heinäkuu",
    "august aug août aout agosto ago augustus augusti sierpnia sierpień sie srpen srpna \
     ağustos ağu أغسطس اغسطس elokuuta elokuu",
    "september sep sept septembre septiembre setiembre settembre set sett setembro września \
     wrzesień wrz září eylül eyl سبتمبر syyskuuta syyskuu",
    "october oct oktober okt octobre octubre ottobre ott outubro out października październik \
     paź říjen října ekim eki أكتوبر اكتوبر lokakuuta lokakuu",
    "november nov novembre noviembre novembro listopada listopad lis listopadu kasım kas \
     نوفمبر marraskuuta marraskuu",
    "december dec dezember dez décembre déc decembre diciembre dic dicembre dezembro grudnia \
     grudzień gru prosinec prosince aralık ara ديسمبر desember joulukuuta joulukuu des",
];
