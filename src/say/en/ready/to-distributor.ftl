### The texts to the distributor. What the values hold is said in parts.ftl.

# A: a store shows it as unavailable. $has_changed: files or dates were changed, last on $changed.
ready-resend-unavailable =
    .subject = Please re-send { $number } to { $place }: { ready-how-shown }{ $has_others ->
        [yes] , other stores take orders
       *[no] {""}
    }
    .account =
        Hello, I am the account holder for { $has_imprint ->
            [yes] { $imprint }
           *[no] ⟦please complete: the name of your account or imprint⟧
        }. The { ready-book }, was enabled for distribution on { ready-enabled }. { ready-dates }
    .seen =
        { $others } { $shown } { ready-screenshot } { $has_changed ->
            [yes]
                ⟦only if true: The title status in my account is Title Available; my last change of
                files or dates was on { $changed }.⟧
           *[no]
                ⟦only if true: The title status in my account is Title Available, and I have made no
                file or date changes since enabling it.⟧
        }
    .ask =
        Could you confirm that the record sent to { $place } carries the right publication date and
        an orderable status, and re-send it? If something on my side blocks it, please tell me what
        to change. Thank you.

# B: a store has no page for it. $was_listed: it had one; $listed_until says until when, $not_listed
# where and when it was looked for, as sentences. It was enabled $days ago.
ready-not-listed =
    .subject = { $was_listed ->
        [yes] { $number } is no longer listed at { $place }
       *[no] { $has_enabled ->
            [yes] { $number } not listed at { $place }, { $days ->
                [one] 1 day
               *[other] { $days } days
            } after enabling
           *[no] { $number } not listed at { $place }
        }
    }
    .edition =
        Hello, this is about the { ready-book }, enabled for distribution on { ready-enabled }.
        { ready-dates }
    .seen = { $not_listed } { $listed_until } { $others }
    .ask =
        Could you tell me whether { $place } receives this title in your feed, and if so re-send it?
        I know that each store decides what to list; I only want to be sure that the record is
        complete: cover, price { $has_price ->
            [yes] { $price }
           *[no] ⟦please complete: your list price⟧
        }, { $making ->
            [digital] territories
           *[other]
                discount ⟦please complete: your wholesale discount⟧, returns
                ⟦please complete: yes or no⟧
        }. Thank you.
# A page that was looked for on the day $seen.
ready-no-page = On { $seen } { $store } had no page for this { $kind }.
ready-listed-until = It was listed there until { $since }.

# C: a page shows a wrong date; also to KDP, which is then what $asked says. $dates is what each page
# shows, as sentences. $was_moved: the author moved the date on $moved; it was $moved_from.
ready-wrong-date =
    .subject = Wrong publication date at { $place } for { $number }: should be { $publication }
    .edition = Hello, this is about the { ready-book }. { ready-dates }
    .seen =
        { $dates } { ready-screenshot } { $was_moved ->
            [yes] Earlier the date was { $has_moved_from ->
                [yes] { $moved_from }
               *[no] ⟦please complete: the earlier date⟧
            }, and I moved it to { $publication } on { $moved }.
           *[no] {""}
        }
    .ask = { $asked ->
        [kdp]
            Could you correct the publication date of the page, or tell me which setting of mine
            makes it show this one? Thank you.
       *[other]
            Could you check which date is in the record that the stores hold, correct it, and send it
            out again? { $own_isbn ->
                [yes]
                    Please tell me whether any copies have been ordered or shipped, since that decides
                    whether I can keep this ISBN.
               *[no] {""}
            } Thank you.
    }
# What a page shows: a date that is wrong, with the name of a state; or the words of a book that is
# out. $is_seen: now; otherwise on the day $seen.
ready-wrong-date-page = { $has_date ->
    [yes] { $is_seen ->
        [yes] { $page } shows { $date } and the state “{ $state }” ({ $words }).
       *[no] { $page } showed { $date } and the state “{ $state }” ({ $words }) on { $seen }.
    }
   *[no] { $is_seen ->
        [yes] { $page } shows “{ $words }”, as if it were out already.
       *[no] { $page } showed “{ $words }” on { $seen }, as if it were out already.
    }
}

# H: a page still shows what was changed on the day $revised, where $has_revised; $weeks ago.
ready-stale-metadata =
    .subject = Please re-send { $number } to { $place }: old data shown
    .changed =
        Hello, I changed ⟦please complete: what you changed: the cover, the description, the price⟧ on
        { $has_revised ->
            [yes] { $revised }
           *[no] ⟦please complete: the date⟧
        } for the { ready-book }.
    .seen =
        { $is_seen ->
            [yes] { $pages } still { $pages_many ->
                [one] shows
               *[other] show
            } the old state{ $weeks ->
                [0] {""}
                [one] , 1 week later
               *[other] , { $weeks } weeks later
            }.
           *[no] { $pages } showed the old state when last seen, on { $last_seen }.
        } { ready-screenshot } ⟦only if true: Other stores show the new one.⟧
    .ask = Could you re-send the record and the image to { $place }? Thank you.
