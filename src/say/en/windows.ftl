### What is usual, and who says so. The sentences themselves stand in config/windows.toml.

# Where a window is not the shipped one; $length is "14 days".
window-is-own = Your configuration asks to act after { $length }.
window-is-learned = We go by your own titles: act after { $length }.
# $usual is the sentence so far.
window-of-a-first-title = { $usual }; a first title takes longer

# How long the author's own titles took: $titles is how many they are, $shortest and $longest are
# days.
own-titles = Your last { $titles } titles took { $longest ->
    [0] less than a day
   *[other] { $is_one_length ->
        [yes] { $longest ->
            [one] 1 day
           *[other] { $longest } days
        }
       *[no] { $shortest } to { $longest } days
    }
}.

# Who says so, each on one line.
grade-official = the platform's own help page
grade-practitioner = a company that handles many books
grade-author = an author's account
grade-inference = our own inference
