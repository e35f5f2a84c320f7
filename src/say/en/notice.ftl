### Letters about Pubwatch itself.

# Before the headline, where it is of no severity.
notice-word = Notice
notice-subject = { $word }: { $headline }
notice-began = It began { $since }.
old-configuration =
    .headline = Your changed configuration is not in force
    .what =
        The file was changed, and something in it is wrong. Pubwatch goes on with what it knew
        before: what you added or changed since is not watched yet.
    .step =
        `pubwatch config check` shows the place. A file that is right is taken over within seconds.

# Letters that came late: $days how late, $many how many.
mail-was-late =
    .headline = We could not mail you for { $days }
    .what =
        Your mail server did not take our letters for { $days }. It does again, so { $letters }
        written in that time reach you now, late. Nothing was lost.
    .how = Each says what was true on the day it was written, so please read the newest first:
    .line = { $day }: { $subject }

# A time in which nobody looked, which is over; $span is from when to when.
nobody-looked =
    Nobody looked from { $span }: this machine was off or asleep, or Pubwatch did not run.
