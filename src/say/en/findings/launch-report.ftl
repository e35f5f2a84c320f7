### How a book stands at its stores a day and three days after its date.

launch-report-word = Launch report

# $all is how many stores there are, $seen how many we could see, $selling how many sell it, and
# $unseen how many we could not see; $names are the stores that a report of one store is about.
launch-report =
    .headline = { $case ->
        [one-not-seen] We could not see { $names }
        [none-seen] We could see none of the { $all } stores
        [one-behind] { $names } does not sell it yet
        [none] No store sells it yet
        [none-of-seen] { $seen ->
            [one] The one store of { $all } that we could see does not sell it yet
           *[other] None of the { $seen } of { $all } stores that we could see sells it yet
        }
        [one] { $names } sells it
        [both] Both stores sell it
        [all] All { $all } stores sell it
        [some] { $selling } of { $all } stores { launch-report-sell }
       *[some-and-unseen] { $selling } of { $all } stores { launch-report-sell }, { $unseen } not seen
    }
    .brief = { $case ->
        [one-not-seen] We could not see { $names }
        [none-seen] We could see none of the { $all } stores
        [one-behind] Not at { $names } yet
        [none] No store sells it yet
        [none-of-seen] { $seen ->
            [one] The one store of { $all } that we could see does not sell it yet
           *[other] None of the { $seen } of { $all } stores that we could see sells it yet
        }
        [one] { $names } sells it
        [both] Both stores sell it
        [all] All { $all } stores sell it
        [some] { $selling } of { $all } stores { launch-report-sell }
       *[some-and-unseen] { $selling } of { $all } stores { launch-report-sell }, { $unseen } not seen
    }
    .verdict = { $sentences }

launch-report-sell = { $selling ->
    [one] sells it
   *[other] sell it
}

# The sentences of the verdict, each where there is something to say.
launch-report-sells = { $many ->
    [one] { $stores } sells it.
   *[other] { $stores } sell it.
}
launch-report-behind = Still behind: { $each }.
launch-report-behind-each = { $store } ({ $state } since { $since })
launch-report-unseen = { $ever ->
    [yes] { $store } has not been seen since { $since }: open { $address }
   *[no] { $store } has not been seen yet: open { $address }
}

# What follows from it, while stores are behind.
launch-report-wait =
    Stores usually follow within three days of the date. Wait for the next report; if something
    needs you before, we write.
launch-report-wait-each =
    For each store that is behind, we write what is usual there and when there is something to do.
launch-report-act =
    There is something to do about { $stores }; that has its own place in our letters.
