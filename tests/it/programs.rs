//! Programs of the user's that the service starts: they hold nothing up, are started for a reason
//! only, and are told no secret of ours.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::House;

const SECRET: &str = "tidewrack-lantern-4711";

/// A house with one store, whose page is printed by `sh -c SCRIPT`, and these further tables.
fn house(script: &str, more: &str) -> House {
    House::new(&format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n[politeness]\npause = \"0s\"\njitter = \"0s\"\n\
         [web]\nlisten = \"off\"\n{more}\n\
         [[store]]\nname = \"example.com\"\nbase = \"http://127.0.0.1:9\"\n\
         source = \"command\"\ncommand = [\"sh\", \"-c\", '{script}', \"fetch\"]\n\
         [[edition]]\ntitle = \"Salt Roads\"\nisbn = \"9780132350884\"\n\
         publication_date = 2027-02-09\nstores = [\"example.com\"]\n\
         addresses = {{ \"example.com\" = \"http://127.0.0.1:9/salt-roads\" }}\n"
    ))
}

/// Whether a file of the data folder holds these bytes.
fn is_kept(folder: &Path, words: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_kept(&path, words);
        }
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(words.len()).any(|part| part == words.as_bytes())
    })
}
