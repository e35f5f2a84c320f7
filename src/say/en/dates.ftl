### Days, dates and times, as every letter, page and command says them.

# $weekday is 1 for Monday to 7 for Sunday.
weekday = { $weekday ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
}

# $month is 1 for January to 12 for December.
month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}

# A date with its weekday: Tue 27 June 2023.
date = { weekday } { $day } { month } { $year }

# A date without its weekday, for tables: 27 June 2023.
short-date = { $day } { month } { $year }

# A day of this year: Tue 27 June.
day-of-this-year = { weekday } { $day } { month }

# $day is one of the above, $clock a time with its zone: 08:10 EDT.
day-and-clock = { $day }, { $clock }

# From then to then: Sun 16 May, 18:00 EDT to Thu 20 May, 08:10 EDT.
span = { $from } to { $to }

# A time at Greenwich, and the same time in the zone of the reader, as $own.
both-clocks = { $gmt }, which is { $own } in your zone

# How a day lies to the publication date; $days is how many are between.
before-publication = { $days ->
    [0] on publication day
    [one] 1 day before publication
   *[other] { $days } days before publication
}
after-publication = { $days ->
    [one] 1 day after publication
   *[other] { $days } days after publication
}

# The same at the end of a subject line.
days-to-go = { $days ->
    [0] out today
    [one] 1 day to go
   *[other] { $days } days to go
}
days-after = { $days ->
    [one] 1 day after
   *[other] { $days } days after
}

# The publication date as $date, and how far away it is.
publishes-today = publishes today, { $date }
publishes = { $days ->
    [one] publishes { $date }, in 1 day
   *[other] publishes { $date }, in { $days } days
}
published = published { $date }
published-ago = { $days ->
    [one] published { $date }, 1 day ago
   *[other] published { $date }, { $days } days ago
}
