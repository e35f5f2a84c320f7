### What several of the texts that are ready to send say alike.
###
### The texts are for the author, who reads them through, completes them and sends them. Each is a
### message: its subject, and then its paragraphs, in the order in which they stand. What only the
### author can know stands between ⟦ and ⟧; in a letter those are square brackets, in colour. Several
### spaces are one, so that a sentence that is left out leaves no gap.
###
### In every text: $number is the ISBN, the ASIN or a store's own number; $format is
### "paperback" and $format_first the same with a capital; $title, $author, $imprint,
### $price, $isbn10 and $asin are the edition's, each but the title with a value that says whether it
### is known, as $has_author. $making is how the book is made: on-demand, offset, digital or unknown;
### $own_isbn: the edition's number is an ISBN. $publication, $on_sale and $enabled are days,
### $published is the time at which Publish was clicked.
### $place names the stores that it is about, $pages the same with their addresses. $is_seen: every
### one of their pages is seen now; otherwise $last_seen is the last day of that. $shown is what each
### of them shows, as sentences, and $others what other stores do.

# The edition: paperback 978…, “Title” by Author.
ready-book = { ready-edition }, “{ $title }”{ $has_author ->
    [yes] {" "}by { $author }
   *[no] {""}
}
ready-edition = { $format } { $number }

ready-dates = { $is_one_date ->
    [yes] Publication and on-sale date are both { $publication }.
   *[no] The publication date is { $publication }, the on-sale date { $on_sale }.
}

ready-enabled = { $has_enabled ->
    [yes] { $enabled }
   *[no] ⟦please complete: the date on which you enabled distribution⟧
}
ready-published = { $has_published ->
    [yes] { $published }
   *[no] ⟦please complete: date and time, in GMT⟧
}

ready-screenshot = ⟦please attach: a screenshot of the page, with the date⟧

# How the pages stand, at the end of a subject. $state is the state of all of them, or that they have
# several; still_pre_order is a pre-order when the date has passed. $state_word is its name.
ready-how-shown = { $state ->
    [out_of_stock] shown as unavailable
    [still_pre_order] still shown as pre-order
    [several] not shown as it should be
   *[other] shown as “{ $state_word }”
}{ $is_seen ->
    [yes] {""}
   *[no] {" "}when last seen, on { $last_seen }
}

# A page and its address.
ready-page = { $store } ({ $address })
# Addresses one after the other; $front are those before.
ready-addresses = { $front }, { $next }

# What a page shows. $page is one of the above, $words are the page's, $lasts that it is so now.
ready-shown = { $has_words ->
    [yes] { $lasts ->
        [yes] { $page } has shown “{ $words }” since { $since }.
       *[no] { $page } showed “{ $words }” from { $since } to { $last }.
    }
   *[no] { $lasts ->
        [yes] { $page } has had no page for it since { $since }.
       *[no] { $page } had no page for it from { $since } to { $last }.
    }
}

# What other stores do, all of them with the right date where $has_date; $many is how many.
ready-others-take-pre-orders = { $many ->
    [one] { $pages } takes pre-orders
   *[other] { $pages } take pre-orders
}{ $has_date ->
    [yes] {" "}with the right date
   *[no] {""}
}.
ready-others-sell = { $many ->
    [one] { $pages } sells it
   *[other] { $pages } sell it
}{ $has_date ->
    [yes] {" "}with the right date
   *[no] {""}
}.

# Where the same is asked for other formats: of which ones, behind the subject, and a paragraph for
# each. $tells_isbn10: its ISBN-10 is to be named. What differs from the first format is told:
# $own_date its publication date, $own_click when Publish was clicked, $own_start when it was enabled.
ready-subject-also = { $subject }; also { $also }
ready-also =
    The same holds for the { ready-edition }{ $tells_isbn10 ->
        [yes] , ISBN-10 { $isbn10 }
       *[no] {""}
    }.
    { $own_date ->
        [yes] Its publication date is { $publication }.
       *[no] {""}
    }
    { $own_click ->
        [yes] I clicked Publish for it on { ready-published }.
       *[no] {""}
    }
    { $own_start ->
        [yes] It was enabled for distribution on { $has_enabled ->
            [yes] { $enabled }
           *[no] ⟦please complete: the date on which you enabled its distribution⟧
        }.
       *[no] {""}
    }
    { $shown }
