//! The exit codes, which scripts may rely on.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, and all is well. A pipe closed by its reader counts as well.
    Done,
    /// 1: done, but there is something to see to: an expectation not met, undelivered letters, a
    /// last good check that is too old.
    Attention,
    /// 2: the command line is wrong (clap's own code).
    Usage,
    /// 3: the configuration is wrong or missing.
    Configuration,
    /// 4: the database cannot be used.
    Database,
    /// 5: anything else went wrong: a file, the network, the mail server.
    Failure,
}

impl Exit {
    /// Done; and, where there `is` something to see to, that.
    pub fn attention_if(is: bool) -> Self {
        if is { Self::Attention } else { Self::Done }
    }

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Attention => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::Database => 4,
            Self::Failure => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
