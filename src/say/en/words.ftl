### Small words: lists, greetings, lengths of time, and things that are counted.

# The last two of a list: A, B and C. $front is "A, B".
list-end = { $front } and { $last }
# The others: A, B.
list-more = { $front }, { $next }
# What more there is to say of it: Amazon (hardcover).
with-more = { $what } ({ $more })

# What a store calls a book that has no ISBN there.
number-at = number at { $store }

hello = Hello { $name },
hello-nobody = Hello,

less-than-a-minute = less than a minute
count-minute = { $n ->
    [one] 1 minute
   *[other] { $n } minutes
}
count-hour = { $n ->
    [one] 1 hour
   *[other] { $n } hours
}
count-day = { $n ->
    [one] 1 day
   *[other] { $n } days
}
count-week = { $n ->
    [one] 1 week
   *[other] { $n } weeks
}

count-business-day = { $n ->
    [one] 1 business day
   *[other] { $n } business days
}
count-edition = { $n ->
    [one] 1 edition
   *[other] { $n } editions
}
count-error = { $n ->
    [one] 1 error
   *[other] { $n } errors
}
count-expectation = { $n ->
    [one] 1 expectation
   *[other] { $n } expectations
}
count-format = { $n ->
    [one] 1 format
   *[other] { $n } formats
}
count-letter = { $n ->
    [one] 1 letter
   *[other] { $n } letters
}
count-line = { $n ->
    [one] 1 line
   *[other] { $n } lines
}
count-listing = { $n ->
    [one] 1 listing
   *[other] { $n } listings
}
count-look = { $n ->
    [one] 1 look
   *[other] { $n } looks
}
count-moved-date = { $n ->
    [one] 1 moved date
   *[other] { $n } moved dates
}
count-observation = { $n ->
    [one] 1 observation
   *[other] { $n } observations
}
count-page = { $n ->
    [one] 1 page
   *[other] { $n } pages
}
count-saved-page = { $n ->
    [one] 1 saved page
   *[other] { $n } saved pages
}
count-short-link = { $n ->
    [one] 1 short link
   *[other] { $n } short links
}
count-store = { $n ->
    [one] 1 store
   *[other] { $n } stores
}
count-time = { $n ->
    [one] 1 time
   *[other] { $n } times
}
count-warning = { $n ->
    [one] 1 warning
   *[other] { $n } warnings
}
