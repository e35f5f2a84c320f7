### That letters are paused.

# Which, until $until: all of them, those about the book $title, or those about $some of $all
# editions. $how is whether all end alike, and what comes through.
letters-paused = { $about ->
    [all] Letters
    [one] Letters about { $title }
   *[some] Letters about { $some } of { $all } editions
} { $how ->
    [but-act] are paused until { $until }, but for what is to be acted on.
    [alike] are paused until { $until }.
   *[unlike] are paused, the last until { $until }.
}
letters-paused-but-act = Letters are paused, but for what is to be acted on, as you asked.
# $from and $until are days.
letters-were-paused =
    Letters were paused from { $from } until { $until }, as you asked. This is what there is to tell
    since.
