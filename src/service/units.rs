//! The files of a service, from templates. Pure.

use std::path::Path;

const SYSTEM: &str = include_str!("../../packaging/systemd/pubwatch.service");
const USER: &str = include_str!("../../packaging/systemd/pubwatch-user.service");
const TIMER: &str = include_str!("../../packaging/systemd/pubwatch-check.timer");
const LAUNCHD: &str = include_str!("../../packaging/launchd/org.pubwatch.pubwatch.plist");

/// What a service is to run.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The program, in full.
    pub program: &'a str,
    /// The configuration, in full.
    pub config: &'a str,
    /// A data folder other than `/var/lib/pubwatch`, which the service must be able to write.
    pub writable: Option<&'a str>,
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// A place that the service of the system cannot see, by its `ProtectHome` and `PrivateTmp`.
pub fn is_out_of_sight(path: &Path) -> bool {
    ["/home", "/root", "/run/user", "/tmp", "/var/tmp"]
        .iter()
        .any(|hidden| path.starts_with(hidden))
}

/// The service of the whole system.
pub fn system(job: Job<'_>) -> Unit {
    Unit {
        name: "pubwatch.service",
        text: filled(SYSTEM, job),
    }
}

/// The service of one user.
pub fn user(job: Job<'_>) -> Unit {
    Unit {
        name: "pubwatch.service",
        text: filled(USER, job),
    }
}

/// A timer, and the service that it starts: instead of one that runs all the time.
pub fn timer(service: &Unit) -> [Unit; 2] {
    let mut lines: Vec<String> = Vec::new();
    for line in service.text.lines() {
        // Whoever is started by a timer is neither started at boot nor again after a failure.
        let is_of_the_daemon = [
            "ExecReload=",
            "Restart=",
            "RestartSec=",
            "TimeoutStopSec=",
            "# A round that",
            "# What a round took",
            "Environment=MALLOC_",
        ];
        if is_of_the_daemon.iter().any(|start| line.starts_with(start)) {
            continue;
        }
        if line == "[Install]" {
            break;
        }
        lines.push(match line {
            "Type=exec" => "Type=oneshot".to_owned(),
            line if line.starts_with("# Pubwatch as a service") => {
                "# One look at what is due; pubwatch-check.timer starts it.".to_owned()
            }
            line if line.starts_with("ExecStart=") => {
                let start = line.strip_suffix(" run").unwrap_or(line);
                // 1 says that something needs attention, which the letters say as well.
                format!(
                    "{start} check --due --quiet\nSuccessExitStatus=1\nTimeoutStartSec=infinity"
                )
            }
            line => line.to_owned(),
        });
    }
    let text = format!("{}\n", lines.join("\n").trim_end());
    [
        Unit {
            name: "pubwatch-check.service",
            text,
        },
        Unit {
            name: "pubwatch-check.timer",
            text: TIMER.to_owned(),
        },
    ]
}

/// The agent for macOS.
pub fn launchd(job: Job<'_>) -> Unit {
    let escaped = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    Unit {
        name: "org.pubwatch.pubwatch.plist",
        text: LAUNCHD
            .replace("@PROGRAM@", &escaped(job.program))
            .replace("@CONFIG@", &escaped(job.config)),
    }
}

/// The line for a crontab.
pub fn cron(job: Job<'_>) -> String {
    let quoted = |text: &str| {
        let is_plain = |one: char| one.is_ascii_alphanumeric() || "/._-+".contains(one);
        // In a crontab a percent sign ends the command.
        let text = text.replace('%', "\\%");
        if text.chars().all(is_plain) {
            text
        } else {
            format!("'{}'", text.replace('\'', "'\\''"))
        }
    };
    format!(
        "*/10 * * * * {} --config {} check --due --quiet\n",
        quoted(job.program),
        quoted(job.config)
    )
}

fn filled(template: &str, job: Job<'_>) -> String {
    let writable = job
        .writable
        .map(|folder| format!("ReadWritePaths={}\n", escaped(folder)))
        .unwrap_or_default();
    template
        .replace("@PROGRAM@", &escaped(job.program))
        .replace("@CONFIG@", &escaped(job.config))
        .replace("@WRITABLE@\n", &writable)
}

/// As a unit file has it: in quotes where there are blanks, and percent signs doubled.
fn escaped(text: &str) -> String {
    let text = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%");
    if text.contains(char::is_whitespace) {
        format!("\"{text}\"")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: Job<'static> = Job {
        program: "/usr/bin/pubwatch",
        config: "/etc/pubwatch/pubwatch.toml",
        writable: None,
    };

    #[test]
    fn nothing_is_left_open_in_a_unit() {
        let odd = Job {
            program: "/opt/my programs/pubwatch",
            config: "/home/jane/100%.toml",
            writable: Some("/srv/books"),
        };
        for job in [JOB, odd] {
            for unit in [system(job), user(job), launchd(job)] {
                assert!(!unit.text.contains("@PROGRAM@"), "{}", unit.text);
                assert!(!unit.text.contains("@CONFIG@"), "{}", unit.text);
                assert!(!unit.text.contains("@WRITABLE@"), "{}", unit.text);
            }
        }
        let text = system(odd).text;
        assert!(
            text.contains(
                "ExecStart=\"/opt/my programs/pubwatch\" --config /home/jane/100%%.toml run\n"
            ),
            "{text}"
        );
        assert!(text.contains("\nReadWritePaths=/srv/books\n"), "{text}");
    }

    #[test]
    fn what_the_service_of_the_system_cannot_see_is_known() {
        for hidden in ["/home/jane/pubwatch.toml", "/root/.config/x", "/tmp/x"] {
            assert!(is_out_of_sight(Path::new(hidden)), "{hidden}");
        }
        for seen in ["/etc/pubwatch/pubwatch.toml", "/srv/books", "/homes/x"] {
            assert!(!is_out_of_sight(Path::new(seen)), "{seen}");
        }
        // The two lines of the unit that hide them.
        let unit = system(JOB).text;
        for line in ["ProtectHome=yes", "PrivateTmp=yes"] {
            assert!(unit.lines().any(|one| one == line), "{line}");
        }
    }

    #[test]
    fn a_timer_looks_once_and_is_itself_what_is_enabled() {
        let [service, timer] = timer(&system(JOB));
        assert!(service.text.contains("Type=oneshot"), "{}", service.text);
        assert!(service.text.contains("check --due --quiet"));
        assert!(service.text.contains("ProtectSystem=strict"));
        assert!(!service.text.contains("Restart="), "{}", service.text);
        assert!(!service.text.contains("[Install]"));
        assert!(timer.text.contains("[Install]"));
    }

    #[test]
    fn a_cron_line_survives_blanks_quotes_and_percent_signs() {
        assert_eq!(
            cron(JOB),
            "*/10 * * * * /usr/bin/pubwatch --config /etc/pubwatch/pubwatch.toml check --due \
             --quiet\n"
        );
        let odd = Job {
            config: "/home/jane's/100% mine.toml",
            ..JOB
        };
        assert!(
            cron(odd).contains("'/home/jane'\\''s/100\\% mine.toml'"),
            "{}",
            cron(odd)
        );
    }
}
