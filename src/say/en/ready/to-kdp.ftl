### The texts to KDP. What the values hold is said in parts.ftl.

# D: not live after 72 hours; or it was live, and is no longer sold as it was. $trouble is which: new,
# was_live, or that its page is gone. $marketplaces is "amazon.com", where $has_marketplaces.
# $proves_isbn: it is printed, under an ISBN; $changes_printer: under which it was on pre-order through
# Ingram.
ready-kdp-not-live =
    .subject = { $trouble ->
        [gone] { $format_first } { $number }: the page is gone before its publication date
        [was_live] { $format_first } { $number } at Amazon: { ready-how-shown }
       *[new] { $format_first } { $number } submitted{ $has_published ->
            [yes] {" "}on { $published }
           *[no] {""}
        }: not available after 72 hours
    }
    .edition =
        Hello, this is about the { ready-book }{ $making ->
            [digital] {""}
           *[other] { $has_isbn10 ->
                [yes] , ISBN-10 { $isbn10 }
               *[no] {""}
            }
        }, at { $has_marketplaces ->
            [yes] { $marketplaces }
           *[no] ⟦please complete: the Amazon marketplace⟧
        }. { $making ->
            [digital] Its ASIN is { $has_asin ->
                [yes] { $asin }
               *[no] ⟦please complete: the ASIN⟧
            }.
           *[other]
                The ebook's ASIN is ⟦please complete: the ASIN; leave this sentence out if there is no
                ebook⟧.
        }
    .seen =
        I clicked Publish on { ready-published }. The Bookshelf status is ⟦please complete: the status,
        in its exact words⟧. { $shown } { ready-screenshot } { $changes_printer ->
            [yes]
                The same ISBN was listed for pre-order through Ingram before publication; this is the
                planned change of printer.
           *[no] {""}
        } { $proves_isbn ->
            [yes] ⟦only if true: I own the ISBN.⟧
           *[no] {""}
        }
    .ask = { $was_live ->
        [yes]
            It was on sale there before. Could you tell me whether a review or a question about the
            rights is open, and what has to happen for the { $format } to be sold as before? Thank
            you.
       *[no]
            Could you tell me whether a review or a question about the rights is open, and when the
            { $format } should become available to order? My publication date is { $publication }.
            Thank you.
    }

# E: the answer to KDP's own mail. $is_distributed: through $distributor, since $enabled. The imprint
# need not be the name that the ISBN agency has on its list.
ready-rights-query =
    .claim =
        ⟦only if true: I am the author and publisher of “{ $title }” and hold all rights.⟧
        { $own_isbn ->
            [yes]
                ISBN { $number } is registered to ⟦please complete: the name it is registered to{ $has_imprint ->
                    [yes] , perhaps { $imprint }
                   *[no] {""}
                }⟧ at ⟦please complete: the ISBN agency⟧. ⟦please attach: a screenshot of your ISBN
                account⟧
           *[no] It is { ready-book }.
        }
    .proof =
        { $is_distributed ->
            [yes]
                The same edition has been distributed through { $distributor } since { $enabled }.
                ⟦please attach: the confirmation from that account⟧
           *[no] {""}
        }
        ⟦please attach: what proves your rights: copyright registration, invoices for editing and
        cover, a signed statement, or the letter that gave the rights back⟧
        ⟦only if true: My website shows the book, and this e-mail address is the one given there.⟧
    .ask =
        Please let me know if you need a different document. My publication date is { $publication }.

# F: the formats are not joined on one page, since the day $since. $editions names those that are
# watched there and $addresses their pages; $knows_others: there is more than one.
ready-formats-not-linked =
    .ask =
        Please link the editions of “{ $title }”: { $editions }{ $knows_others ->
            [yes] {""}
           *[no]
                {" "}and ⟦please complete: the other editions, each with its number on its page at
                Amazon⟧
        }.
    .pages =
        ⟦only if true: All are live in my account, and title, subtitle, author, contributors, edition
        and language are identical.⟧ They have been live since { $knows_others ->
            [yes] { $since }. Pages: { $addresses }
           *[no]
                ⟦please complete: the dates⟧. Pages: { $addresses }, ⟦please complete: the pages of the
                other editions⟧
        }
# An edition by the number under which KDP knows it; $named has its kind before it.
ready-edition-at-kdp = { $by ->
    [asin] { $format } ASIN { $asin }
    [isbn10] { $format } ISBN-10 { $isbn10 } ({ $number })
    [isbn13] { $format } ISBN-13 { $number }
    [named] { $format } { $named }
   *[number] { $format } { $number }
}
