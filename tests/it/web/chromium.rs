//! A real Chromium, driven over its own pipe: pages are opened, clicked, typed into and pictured as
//! a person would.
//!
//! The pipe (`--remote-debugging-pipe`) is two named pipes on the descriptors 3 and 4, on which
//! messages of the `DevTools` protocol end with a zero byte. It needs no port and no library.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};
use tokio::time::Instant;

/// How long Chromium may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// The field that a page leads to is where the reader is, if it leads to one.
const ARRIVED: &str =
    "(to => !to || document.activeElement === to)(document.querySelector('[autofocus]'))";

/// One tab of a Chromium of its own.
pub(crate) struct Chromium {
    child: Child,
    to: File,
    from: Receiver<Value>,
    session: Option<String>,
    last: u64,
    /// What happened and nobody waited for, oldest first.
    events: Vec<Value>,
    _folder: tempfile::TempDir,
}

impl Chromium {
    /// Starts one, with an empty tab.
    pub(crate) fn start() -> Self {
        Self::start_with(&["--headless"])
    }

    /// The same, with these arguments.
    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (to, from) = (folder.path().join("to"), folder.path().join("from"));
        let made = Command::new("mkfifo").args([&to, &from]).status().unwrap();
        assert!(made.success());
        let child = Command::new("sh")
            .args([
                "-c",
                "exec chromium \"$@\" 3<\"$TO\" 4>\"$FROM\"",
                "chromium",
            ])
            .args([
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-pipe",
            ])
            .args(arguments)
            .arg(format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ))
            .env("TO", &to)
            .env("FROM", &from)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = OpenOptions::new().write(true).open(&to).unwrap();
        let from = BufReader::new(File::open(&from).unwrap());
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for message in from.split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).unwrap();
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut this = Self {
            child,
            to,
            from: receiver,
            session: None,
            last: 0,
            events: Vec::new(),
            _folder: folder,
        };
        let tab = this.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let target = json!({ "targetId": tab["targetId"], "flatten": true });
        let session = this.call("Target.attachToTarget", &target);
        this.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "DOM", "Network"] {
            this.call(&format!("{domain}.enable"), &json!({}));
        }
        this
    }

    /// Calls a method and gives its result.
    #[track_caller]
    pub(crate) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(message.to_string().as_bytes()).unwrap();
        self.to.write_all(&[0]).unwrap();
        let until = Instant::now() + PATIENCE;
        loop {
            let heard = self.hear(until);
            let heard = heard.unwrap_or_else(|| panic!("no answer to {message}"));
            if heard["id"] == self.last {
                assert!(heard["error"].is_null(), "{method}: {}", heard["error"]);
                return heard["result"].clone();
            }
            self.events.push(heard);
        }
    }

    /// The next message; `None` when there is none until then, however many came before.
    fn hear(&self, until: Instant) -> Option<Value> {
        let patience = until.saturating_duration_since(Instant::now());
        self.from.recv_timeout(patience).ok()
    }

    /// Where the extension lives that was loaded, as `chrome-extension://…`.
    pub(crate) fn extension(&mut self) -> String {
        let session = self.session.take();
        for _ in 0..100 {
            let targets = self.call("Target.getTargets", &json!({}));
            let targets = targets["targetInfos"].as_array().unwrap();
            let found = targets.iter().find_map(|one| {
                let address = one["url"].as_str()?;
                address.strip_suffix("/background.js").map(str::to_owned)
            });
            if let Some(found) = found {
                self.session = session;
                return found;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("no extension was loaded");
    }

    /// Waits until something happens that has not been waited for yet.
    #[track_caller]
    fn wait_for(&mut self, event: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.events.iter().position(|one| one["method"] == event) {
                self.events.drain(..=at);
                return;
            }
            let heard = self.hear(until);
            self.events
                .push(heard.unwrap_or_else(|| panic!("{event} does not happen")));
        }
    }

    /// Everything that the tab has asked for since it was last asked, by address.
    pub(crate) fn asked_for(&mut self) -> Vec<String> {
        self.eval("0");
        let addresses = self
            .events
            .iter()
            .filter(|one| one["method"] == "Network.requestWillBeSent")
            .map(|one| one["params"]["request"]["url"].as_str().unwrap().to_owned())
            .collect();
        self.events.clear();
        addresses
    }

    /// A window of this size, in light or dark colours.
    pub(crate) fn look(&mut self, (width, height): (u32, u32), is_dark: bool) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
        let scheme = if is_dark { "dark" } else { "light" };
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.call(
            "Emulation.setEmulatedMedia",
            &json!({ "features": [feature] }),
        );
    }

    /// Opens an address and waits until it is there, and the reader is where it leads them: a browser
    /// does that a moment after it has loaded the page.
    #[track_caller]
    pub(crate) fn open(&mut self, address: &str) {
        self.events.clear();
        let opened = self.call("Page.navigate", &json!({ "url": address }));
        assert!(opened["errorText"].is_null(), "{address}: {opened}");
        self.wait_for("Page.loadEventFired");
        let until = Instant::now() + PATIENCE;
        while self.eval(ARRIVED) != true {
            assert!(Instant::now() < until, "{address} leads to no field");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// What an expression of JavaScript is, in the page.
    #[track_caller]
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let asked = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true,
        });
        let result = self.call("Runtime.evaluate", &asked);
        assert!(
            result["exceptionDetails"].is_null(),
            "{}",
            result["exceptionDetails"]
        );
        result["result"]["value"].clone()
    }

    /// The words that a person reads.
    #[track_caller]
    pub(crate) fn words(&mut self) -> String {
        let words = self.eval("document.body.innerText");
        words.as_str().unwrap().to_owned()
    }

    /// Clicks with the mouse in the middle of what a selector finds first. It must be there and
    /// nothing may lie over it.
    #[track_caller]
    pub(crate) fn click(&mut self, selector: &str) {
        let quoted = json!(selector);
        let place = self.eval(&format!(
            "(() => {{ const one = document.querySelector({quoted}); if (!one) return 'not there'; \
             one.scrollIntoView({{block: 'center', behavior: 'instant'}}); \
             const box = one.getClientRects()[0]; if (!box) return 'not to be seen'; \
             const x = box.x + box.width / 2, y = box.y + box.height / 2; \
             const top = document.elementFromPoint(x, y); \
             return one === top || one.contains(top) ? [x, y] : 'covered'; }})()"
        ));
        assert!(place.is_array(), "{selector}: {place}\n{}", self.words());
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({
                "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1,
            });
            self.call("Input.dispatchMouseEvent", &event);
        }
    }

    /// Clicks on what leads to another page, and waits until that is there.
    #[track_caller]
    pub(crate) fn follow(&mut self, selector: &str) {
        self.events.clear();
        self.click(selector);
        self.wait_for("Page.loadEventFired");
    }

    /// Presses a key: `Tab`, `Enter` or a single character.
    #[track_caller]
    pub(crate) fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Backspace" => (8, ""),
            "Escape" => (27, ""),
            "ArrowLeft" => (37, ""),
            "Space" | " " => (32, " "),
            one => (0, one),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let key = if key == "Space" { " " } else { key };
            let event = json!({
                "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code,
            });
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// Types.
    #[track_caller]
    pub(crate) fn write(&mut self, text: &str) {
        for letter in text.chars() {
            self.press(&letter.to_string());
        }
    }

    /// Presses Enter where that leads to another page, and waits until that is there.
    #[track_caller]
    pub(crate) fn enter(&mut self) {
        self.leave_by("Enter");
    }

    /// Presses a key where that leads to another page, and waits until that is there.
    #[track_caller]
    pub(crate) fn leave_by(&mut self, key: &str) {
        self.events.clear();
        self.press(key);
        self.wait_for("Page.loadEventFired");
    }

    /// Runs a script that leads to another page, and waits until that is there.
    #[track_caller]
    pub(crate) fn leave_with(&mut self, script: &str) {
        self.events.clear();
        self.eval(&format!("(() => {{ {script} }})()"));
        self.wait_for("Page.loadEventFired");
    }

    /// Taps with a finger.
    pub(crate) fn tap(&mut self, (x, y): (f64, f64)) {
        let touch = |is_on: bool| json!({ "enabled": is_on });
        self.call("Emulation.setTouchEmulationEnabled", &touch(true));
        for (kind, points) in [
            ("touchStart", json!([{ "x": x, "y": y }])),
            ("touchEnd", json!([])),
        ] {
            let event = json!({ "type": kind, "touchPoints": points });
            self.call("Input.dispatchTouchEvent", &event);
        }
        self.call("Emulation.setTouchEmulationEnabled", &touch(false));
    }

    /// Chooses in a list, as the keyboard does: the first option that begins so.
    #[track_caller]
    pub(crate) fn choose(&mut self, selector: &str, option: &str) {
        self.eval(&format!(
            "document.querySelector({}).focus()",
            json!(selector)
        ));
        self.write(option);
        let chosen = self.eval(&format!(
            "(() => {{ const list = document.querySelector({}); \
             return list.options[list.selectedIndex].text; }})()",
            json!(selector)
        ));
        assert!(chosen.as_str().unwrap().starts_with(option), "{chosen}");
    }

    /// Drops a file onto a field.
    #[track_caller]
    pub(crate) fn drop_file(&mut self, selector: &str, file: &Path) {
        let document = self.call("DOM.getDocument", &json!({}));
        let wanted = json!({ "nodeId": document["root"]["nodeId"], "selector": selector });
        let field = self.call("DOM.querySelector", &wanted);
        let files = json!({ "nodeId": field["nodeId"], "files": [file] });
        self.call("DOM.setFileInputFiles", &files);
    }

    /// A picture of the window, or of the whole page.
    #[track_caller]
    pub(crate) fn picture(&mut self, file: &Path, is_whole: bool) {
        let asked = json!({ "format": "png", "captureBeyondViewport": is_whole });
        let picture = self.call("Page.captureScreenshot", &asked);
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(picture["data"].as_str().unwrap())
            .unwrap();
        assert!(bytes.len() > 2000, "{}", file.display());
        std::fs::write(file, bytes).unwrap();
        println!("{}", file.display());
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It ends with its pipe; a kill by its own number makes sure of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
