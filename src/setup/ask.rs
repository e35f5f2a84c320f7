//! Questions on a terminal, one line each. Where nobody can answer, what is missing is an error
//! that names the flag.

use std::io::{BufRead, IsTerminal as _, Write};

use crate::files::read_line;

/// Somebody who may be asked.
pub struct Asker<'a> {
    answers: &'a mut dyn BufRead,
    questions: &'a mut dyn Write,
    is_there: bool,
}

/// What a question needs to know about the answer.
type Reader<'a, T> = &'a dyn Fn(&str) -> Result<T, String>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody is at the terminal, and no flag says it.
    #[error("{what} is missing; give it with `{flag}`, or run this on a terminal to be asked")]
    Nobody {
        /// What is wanted.
        what: String,
        /// The flag that gives it.
        flag: String,
    },
    /// The answers ended.
    #[error("the answers ended before {0} was given; nothing was written")]
    Ended(String),
    /// The terminal cannot be used.
    #[error("cannot ask on this terminal: {0}; give everything with flags")]
    Terminal(#[from] std::io::Error),
}

impl<'a> Asker<'a> {
    /// Somebody who answers.
    pub fn somebody(answers: &'a mut dyn BufRead, questions: &'a mut dyn Write) -> Self {
        Self {
            answers,
            questions,
            is_there: true,
        }
    }

    /// Whoever is at standard input, if anybody: only a terminal is asked.
    pub fn at(answers: &'a mut dyn BufRead, questions: &'a mut dyn Write) -> Self {
        Self {
            answers,
            questions,
            is_there: std::io::stdin().is_terminal(),
        }
    }

    /// Somebody is there to answer.
    pub fn is_there(&self) -> bool {
        self.is_there
    }

    /// Says something, when somebody is there.
    pub fn say(&mut self, text: &str) -> Result<(), AskError> {
        if self.is_there {
            writeln!(self.questions, "{text}")?;
        }
        Ok(())
    }

    /// The value of a flag; without one, the answer to a question; without anybody to ask, the
    /// default. An answer that cannot be read is asked for again, with the reason.
    ///
    /// # Errors
    ///
    /// [`AskError`] when there is neither.
    pub fn value<T: Clone>(
        &mut self,
        given: Option<T>,
        question: &Question<'_>,
        default: Option<(&str, T)>,
        read: Reader<'_, T>,
    ) -> Result<T, AskError> {
        if let Some(given) = given {
            return Ok(given);
        }
        if !self.is_there {
            return default
                .map(|(_, value)| value)
                .ok_or_else(|| AskError::Nobody {
                    what: question.what.to_owned(),
                    flag: question.flag.to_owned(),
                });
        }
        loop {
            let shown = match default {
                Some(("", _)) => format!("{} [none]: ", question.ask),
                Some((shown, _)) => format!("{} [{shown}]: ", question.ask),
                None => format!("{}: ", question.ask),
            };
            let answer = self.line(&shown, question.what)?;
            let answer = answer.trim();
            if let (true, Some((_, value))) = (answer.is_empty(), &default) {
                return Ok(value.clone());
            }
            match read(answer) {
                Ok(value) => return Ok(value),
                Err(why) => writeln!(self.questions, "  {why}")?,
            }
        }
    }

    /// A yes or no; what it is when nobody is there or the answer is empty comes with it.
    ///
    /// # Errors
    ///
    /// [`AskError`] when the answers end.
    pub fn yes(&mut self, ask: &str, default: bool) -> Result<bool, AskError> {
        if !self.is_there {
            return Ok(default);
        }
        let choice = if default { "Y/n" } else { "y/N" };
        loop {
            let answer = self.line(&format!("{ask} [{choice}]: "), "the answer")?;
            match answer.trim().to_ascii_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => writeln!(self.questions, "  please answer y or n")?,
            }
        }
    }

    fn line(&mut self, shown: &str, what: &str) -> Result<String, AskError> {
        write!(self.questions, "{shown}")?;
        self.questions.flush()?;
        let answer = read_line(self.answers)?;
        if answer.is_empty() {
            writeln!(self.questions)?;
            return Err(AskError::Ended(what.to_owned()));
        }
        Ok(answer)
    }
}

/// A question.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The words on the terminal, without a colon.
    pub ask: &'a str,
    /// What is wanted, for the message that it is missing: `the publication date`.
    pub what: &'a str,
    /// The flag that gives it.
    pub flag: &'a str,
}

/// Any text that is not empty.
///
/// # Errors
///
/// When it is empty.
pub fn some_text(answer: &str) -> Result<String, String> {
    if answer.is_empty() {
        Err("please write something".to_owned())
    } else {
        Ok(answer.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: Question<'static> = Question {
        ask: "A number",
        what: "the number",
        flag: "--number N",
    };

    fn number(answer: &str) -> Result<u8, String> {
        answer.parse().map_err(|_| "that is no number".to_owned())
    }

    #[track_caller]
    fn check(answers: &str, default: Option<(&str, u8)>, expected: Result<u8, &str>, said: &str) {
        let mut input = answers.as_bytes();
        let mut output = Vec::new();
        let mut asker = Asker::somebody(&mut input, &mut output);
        let found = asker
            .value(None, &QUESTION, default, &number)
            .map_err(|error| error.to_string());
        assert_eq!(found, expected.map_err(str::to_owned));
        assert_eq!(String::from_utf8(output).unwrap(), said);
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_asked_for_again() {
        check(
            "x\n7\n",
            None,
            Ok(7),
            "A number:   that is no number\nA number: ",
        );
        check("\n", Some(("three", 3)), Ok(3), "A number [three]: ");
        check(
            "",
            None,
            Err("the answers ended before the number was given; nothing was written"),
            "A number: \n",
        );
    }

    #[test]
    fn without_anybody_the_flag_the_default_or_an_error_counts() {
        let mut input = std::io::empty();
        let mut output = Vec::new();
        let mut asker = Asker {
            answers: &mut input,
            questions: &mut output,
            is_there: false,
        };
        assert_eq!(asker.value(Some(1), &QUESTION, None, &number).unwrap(), 1);
        assert_eq!(
            asker
                .value(None, &QUESTION, Some(("2", 2)), &number)
                .unwrap(),
            2
        );
        let error = asker.value(None, &QUESTION, None, &number).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the number is missing; give it with `--number N`, or run this on a terminal to be asked"
        );
        assert!(asker.yes("Go on?", true).unwrap());
        assert!(output.is_empty());
    }
}
