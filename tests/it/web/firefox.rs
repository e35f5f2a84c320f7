//! The companion in a real Firefox, which is driven by Marionette: messages of JSON behind their
//! length, on a port of this machine. It needs no library and no driver.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::ISBN;
use super::extension::{
    Service, by_browser, by_companion, for_browsers, for_nobody, free, in_time, watching,
};

/// How long Firefox may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// The companion's name for Firefox, as its manifest has it.
const COMPANION: &str = "companion@pubwatch.invalid";

/// One window of a Firefox of its own.
struct Firefox {
    child: Child,
    line: BufReader<TcpStream>,
    last: u64,
    _profile: tempfile::TempDir,
}

impl Firefox {
    fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let address = free();
        let (_, port) = address.split_once(':').unwrap();
        let settings = [
            format!("\"marionette.port\", {port}"),
            "\"app.update.enabled\", false".to_owned(),
            "\"datareporting.policy.dataSubmissionEnabled\", false".to_owned(),
            "\"extensions.update.enabled\", false".to_owned(),
            "\"network.captive-portal-service.enabled\", false".to_owned(),
            "\"network.connectivity-service.enabled\", false".to_owned(),
        ];
        let settings = settings.map(|one| format!("user_pref({one});\n"));
        fs::write(profile.path().join("user.js"), settings.concat()).unwrap();
        let child = Command::new("sh")
            .args([
                "-c",
                "exec \"$(command -v firefox-esr || echo firefox)\" \"$@\"",
                "firefox",
            ])
            .args([
                "--headless",
                "--no-remote",
                "--marionette",
                "--remote-allow-system-access",
            ])
            .arg("--profile")
            .arg(profile.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        in_time("Firefox", || TcpStream::connect(&address).is_ok());
        let stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut this = Self {
            child,
            line: BufReader::new(stream),
            last: 0,
            _profile: profile,
        };
        assert_eq!(this.hear()["marionetteProtocol"], 3);
        this.call("WebDriver:NewSession", &json!({}));
        this
    }

    fn hear(&mut self) -> Value {
        let mut length = Vec::new();
        self.line.read_until(b':', &mut length).unwrap();
        let length = std::str::from_utf8(&length).unwrap();
        let mut message = vec![0; length.trim_end_matches(':').parse().unwrap()];
        self.line.read_exact(&mut message).unwrap();
        serde_json::from_slice(&message).unwrap()
    }

    /// Calls a method and gives its result.
    #[track_caller]
    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let message = json!([0, self.last, method, parameters]).to_string();
        write!(self.line.get_mut(), "{}:{message}", message.len()).unwrap();
        let answer = self.hear();
        assert_eq!(answer[1], self.last, "{answer}");
        assert!(answer[2].is_null(), "{method}: {}", answer[2]);
        answer[3].clone()
    }

    #[track_caller]
    fn eval(&mut self, script: &str) -> Value {
        self.call(
            "WebDriver:ExecuteScript",
            &json!({ "script": script, "args": [] }),
        )["value"]
            .clone()
    }

    fn open(&mut self, address: &str) {
        self.call("WebDriver:Navigate", &json!({ "url": address }));
    }

    /// Loads the companion for this session, and gives the address of its panel.
    fn install(&mut self, folder: &str) -> String {
        let asked = json!({ "path": folder, "temporary": true });
        assert_eq!(self.call("Addon:Install", &asked)["value"], COMPANION);
        self.call("Marionette:SetContext", &json!({ "value": "chrome" }));
        let host = self.eval(&format!(
            "return WebExtensionPolicy.getByID('{COMPANION}').mozExtensionHostname"
        ));
        self.call("Marionette:SetContext", &json!({ "value": "content" }));
        format!("moz-extension://{}/panel.html", host.as_str().unwrap())
    }

    #[track_caller]
    fn comes_to_say(&mut self, words: &str) {
        let begun = Instant::now();
        loop {
            let said = self.eval("return document.body.innerText");
            if said.as_str().unwrap().contains(words) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "no “{words}” in {said}");
            std::thread::sleep(Duration::from_millis(250));
        }
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Firefox"]
async fn in_firefox_too_a_visit_is_a_look_and_what_waits_is_opened_with_pauses() {
    let (books, shop) = (for_browsers().await, for_nobody().await);
    let listen = free();
    let house = watching([books.base.as_str(), shop.base.as_str()], &listen);
    let folder = house.path().join("companion");
    let folder = folder.to_str().unwrap();
    house.said(&["companion", folder], 0);
    let service = house
        .pubwatch(&["run"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _service = Service(service);
    in_time("the page", || TcpStream::connect(&listen).is_ok());

    let mut firefox = Firefox::start();
    let panel = firefox.install(folder);
    firefox.open(&format!("{}book/{ISBN}?ref=mail", books.base));
    in_time("a visit is a look", || {
        by_companion(&house) == ["books.example.com pre_order"]
    });
    firefox.open(&panel);
    firefox.comes_to_say("5 of your pages wait for your eyes");
    firefox.eval("document.querySelector('#look').click()");
    firefox.comes_to_say("2 of your pages were read");
    firefox.comes_to_say("showed no page of yours");
    assert_eq!(by_companion(&house), vec!["books.example.com pre_order"; 3]);
    let times = by_browser(&books);
    assert_eq!(times.len(), 3);
    assert!(Duration::from_secs(2) <= times[2] - times[1], "{times:?}");
    assert_eq!(
        by_browser(&shop).len(),
        1,
        "a store that refuses is left alone"
    );
}
