//! `pubwatch service`: lets the system start Pubwatch by itself.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};

use crate::config::plan::{Plan, SecretSource};
use crate::config::{self, Loaded};
use crate::exit::Exit;
use crate::files::{LARGEST_TEXT, read_text, write_whole};
use crate::service::units::{self, Job, Unit};
use crate::setup::loading::load;
use crate::setup::place::{for_a_new_one, is_superuser, today};

/// The user that the service of the system runs as.
const USER: &str = "pubwatch";

const SERVICE: &str = "pubwatch.service";

/// Where packages put the units of the system.
const PACKAGED: [&str; 2] = ["/usr/lib/systemd/system", "/lib/systemd/system"];

/// Let the system start Pubwatch by itself: install, look at, remove.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write the service's files and start it: for the system as root, otherwise for you
    Install {
        /// Instead of a service that runs all the time, a timer that looks every ten minutes
        #[arg(long)]
        timer: bool,

        /// Write the files, and start nothing
        #[arg(long)]
        no_start: bool,
    },
    /// Whether it runs, and what it said last
    Status,
    /// Stop it and take its files away; configuration and data stay
    Remove,
    /// Print the files, for those who install them themselves
    Print {
        /// What to print
        #[arg(value_enum)]
        kind: Kind,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// The service of the whole system
    System,
    /// The service of one user
    User,
    /// The timer instead of a service, for the whole system
    Timer,
    /// The agent for macOS
    Launchd,
    /// A line for a crontab
    Cron,
}

/// Does what is asked.
///
/// # Errors
///
/// When the configuration is wrong, or the system does not let us.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    match &arguments.action {
        Action::Install { timer, no_start } => install(config, *timer, !*no_start),
        Action::Status => status(),
        Action::Remove => remove(),
        Action::Print { kind } => print(*kind, config),
    }
}

/// What a service runs, in full paths.
struct Paths {
    program: String,
    config: String,
    writable: Option<String>,
}

impl Paths {
    fn of(loaded: &Loaded) -> anyhow::Result<Self> {
        let data = &loaded.plan.data;
        let is_usual = data == Path::new("/var/lib/pubwatch");
        Ok(Self {
            program: program()?,
            config: text(&std::path::absolute(&loaded.path)?)?,
            writable: if is_usual { None } else { Some(text(data)?) },
        })
    }

    fn job(&self) -> Job<'_> {
        Job {
            program: &self.program,
            config: &self.config,
            writable: self.writable.as_deref(),
        }
    }
}

fn program() -> anyhow::Result<String> {
    text(&std::env::current_exe().context("cannot tell where this program lies")?)
}

fn text(path: &Path) -> anyhow::Result<String> {
    path.to_str()
        .map(str::to_owned)
        .with_context(|| format!("{} cannot stand in a service file", path.display()))
}

fn print(kind: Kind, config: Option<&Path>) -> anyhow::Result<Exit> {
    // Printing needs no configuration that works, only where it will be.
    let config = match (config, kind) {
        (Some(named), _) => text(&std::path::absolute(named)?)?,
        (None, Kind::System | Kind::Timer) => "/etc/pubwatch/pubwatch.toml".to_owned(),
        // $PUBWATCH_CONFIG may name it from here; whoever runs the service is elsewhere.
        (None, Kind::User | Kind::Launchd | Kind::Cron) => {
            let place = config::files::find(None).or_else(|_| for_a_new_one(None))?;
            text(&std::path::absolute(place)?)?
        }
    };
    let program = program()?;
    let job = Job {
        program: &program,
        config: &config,
        writable: None,
    };
    let text = match kind {
        Kind::System => units::system(job).text,
        Kind::User => units::user(job).text,
        Kind::Timer => units::timer(&units::system(job))
            .map(|unit| format!("# {}\n{}", unit.name, unit.text))
            .join("\n"),
        Kind::Launchd => units::launchd(job).text,
        Kind::Cron => units::cron(job),
    };
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(Exit::Done)
}

fn install(config: Option<&Path>, timer: bool, start: bool) -> anyhow::Result<Exit> {
    let loaded = load(config, today())?;
    let paths = Paths::of(&loaded)?;
    if cfg!(target_os = "macos") {
        if timer {
            bail!("on macOS there is no timer; install without --timer");
        }
        return install_agent(&paths, start);
    }
    if start && !Path::new("/run/systemd/system").is_dir() {
        bail!(
            "this system is not run by systemd; put the line of `pubwatch service print cron` \
             into your crontab instead"
        );
    }
    let is_system = is_superuser();
    let service = if is_system {
        units::system(paths.job())
    } else {
        units::user(paths.job())
    };
    let units: Vec<Unit> = if timer {
        units::timer(&service).into()
    } else {
        vec![service]
    };
    let mut out = anstream::stdout().lock();
    if is_system {
        within_sight(&loaded)?;
        hand_over(&loaded, start)?;
    }
    let folder = unit_folder(is_system)?;
    fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    for unit in &units {
        if is_system && is_packaged(unit) {
            writeln!(out, "{} is the package's own, and is used", unit.name)?;
            continue;
        }
        let path = folder.join(unit.name);
        write_whole(&path, unit.text.as_bytes(), 0o644)
            .with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(out, "Wrote {}", path.display())?;
    }
    let name = units.last().map_or("pubwatch.service", |unit| unit.name);
    if start {
        systemctl(is_system, &["daemon-reload"])?;
        systemctl(is_system, &["enable", "--now", name])?;
        writeln!(out, "Started {name}. `pubwatch service status` shows it.")?;
    }
    if !is_system {
        writeln!(
            out,
            "So that it runs while you are logged out as well: `loginctl enable-linger`"
        )?;
    }
    Ok(Exit::Done)
}

fn install_agent(paths: &Paths, start: bool) -> anyhow::Result<Exit> {
    let agent = units::launchd(paths.job());
    let path = home()?.join("Library/LaunchAgents").join(agent.name);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    write_whole(&path, agent.text.as_bytes(), 0o644)
        .with_context(|| format!("cannot write {}", path.display()))?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "Wrote {}", path.display())?;
    if start {
        let file = text(&path)?;
        call("launchctl", &["load", "-w", &file])?;
        writeln!(out, "Started it.")?;
    }
    Ok(Exit::Done)
}

/// The service of the system sees no home folders and no `/tmp`; better to say so now.
fn within_sight(loaded: &Loaded) -> anyhow::Result<()> {
    let files = std::iter::once(&loaded.path).chain(secret_files(&loaded.plan));
    for path in files.chain(std::iter::once(&loaded.plan.data)) {
        let place = std::path::absolute(path)?;
        if units::is_out_of_sight(&place) {
            bail!(
                "the service of the system cannot see {}; keep it in /etc/pubwatch, or install \
                 the service as the user whose it is",
                place.display()
            );
        }
    }
    Ok(())
}

/// Makes the user of the service, and lets it read the configuration and the secrets, and own the
/// data.
fn hand_over(loaded: &Loaded, start: bool) -> anyhow::Result<()> {
    if !start {
        return Ok(());
    }
    let is_known = Command::new("id")
        .args(["-u", USER])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_known {
        let options = [
            "--system",
            "--user-group",
            "--home-dir",
            "/var/lib/pubwatch",
        ];
        let shell = ["--no-create-home", "--shell", "/usr/sbin/nologin", USER];
        call("useradd", &[&options[..], &shell[..]].concat())?;
    }
    for file in std::iter::once(&loaded.path).chain(secret_files(&loaded.plan)) {
        call("chgrp", &[USER, &text(file)?])?;
        fs::set_permissions(file, fs::Permissions::from_mode(0o640))?;
    }
    let data = &loaded.plan.data;
    if data.is_dir() {
        call("chown", &["-R", &format!("{USER}:{USER}"), &text(data)?])?;
    }
    Ok(())
}

/// The files in which the secrets of a configuration are, each once.
fn secret_files(plan: &Plan) -> BTreeSet<&PathBuf> {
    let of_mail = plan.mail.iter().filter_map(|mail| mail.password.as_ref());
    let of_api = plan.api.iter().map(|api| &api.secret);
    let of_hooks = plan.hooks.iter().filter_map(|hook| hook.secret.as_ref());
    of_mail
        .chain(of_api)
        .chain(of_hooks)
        .filter_map(|source| match source {
            SecretSource::File(path) => Some(path),
            SecretSource::Env(_) | SecretSource::Command(_) => None,
        })
        .collect()
}

fn status() -> anyhow::Result<Exit> {
    let is_system = is_superuser();
    let folder = unit_folder(is_system)?;
    let names = ["pubwatch.service", "pubwatch-check.timer"];
    let is_there = |name: &&&str| {
        let packaged = is_system
            && PACKAGED
                .iter()
                .any(|own| Path::new(own).join(name).exists());
        packaged || folder.join(name).exists()
    };
    let Some(name) = names.iter().find(is_there) else {
        writeln!(
            anstream::stdout(),
            "No service is installed in {}; `pubwatch service install` does it",
            folder.display()
        )?;
        return Ok(Exit::Attention);
    };
    let mut command = Command::new("systemctl");
    if !is_system {
        command.arg("--user");
    }
    let status = command
        .args(["status", "--no-pager", name])
        .status()
        .context("cannot run systemctl; is this system run by systemd?")?;
    Ok(Exit::attention_if(!status.success()))
}

fn remove() -> anyhow::Result<Exit> {
    let is_system = is_superuser();
    let mut paths = Vec::new();
    if cfg!(target_os = "macos") {
        paths.push(home()?.join("Library/LaunchAgents/org.pubwatch.pubwatch.plist"));
    } else {
        let folder = unit_folder(is_system)?;
        let names = [
            "pubwatch-check.timer",
            "pubwatch-check.service",
            "pubwatch.service",
        ];
        paths.extend(names.map(|name| folder.join(name)));
    }
    paths.retain(|path| path.exists());
    let mut out = anstream::stdout().lock();
    let runs = Path::new("/run/systemd/system").is_dir();
    let packaged = is_system
        && PACKAGED
            .iter()
            .any(|own| Path::new(own).join(SERVICE).exists());
    if packaged && runs {
        systemctl(true, &["disable", "--now", SERVICE, "pubwatch-check.timer"])?;
        writeln!(out, "Stopped {SERVICE}; its file belongs to the package")?;
    }
    if paths.is_empty() {
        if !packaged {
            writeln!(out, "No service is installed")?;
        }
        return Ok(Exit::Done);
    }
    for path in &paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // What does not run cannot be stopped, and need not be.
        let _ = if cfg!(target_os = "macos") {
            call("launchctl", &["unload", "-w", &text(path)?])
        } else if runs {
            systemctl(is_system, &["disable", "--now", &name])
        } else {
            Ok(())
        };
        fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
        writeln!(out, "Removed {}", path.display())?;
    }
    if runs {
        systemctl(is_system, &["daemon-reload"])?;
    }
    writeln!(out, "Configuration and data are where they were.")?;
    Ok(Exit::Done)
}

/// A package brought the very same file.
fn is_packaged(unit: &Unit) -> bool {
    PACKAGED.iter().any(|folder| {
        read_text(&Path::new(folder).join(unit.name), LARGEST_TEXT)
            .is_ok_and(|text| text == unit.text)
    })
}

fn unit_folder(is_system: bool) -> anyhow::Result<PathBuf> {
    if is_system {
        return Ok(PathBuf::from("/etc/systemd/system"));
    }
    match std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from) {
        Some(folder) if folder.is_absolute() => Ok(folder.join("systemd/user")),
        Some(_) | None => Ok(home()?.join(".config/systemd/user")),
    }
}

fn home() -> anyhow::Result<PathBuf> {
    std::env::var_os("HOME")
        .map(PathBuf::from)
        .context("the environment variable HOME is not set")
}

fn systemctl(is_system: bool, arguments: &[&str]) -> anyhow::Result<()> {
    if is_system {
        call("systemctl", arguments)
    } else {
        call("systemctl", &[&["--user"], arguments].concat())
    }
}

fn call(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {program}"))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    bail!("{program} {} failed: {}", arguments.join(" "), words.trim())
}
