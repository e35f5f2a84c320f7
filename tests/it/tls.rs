//! The whole program speaks TLS and HTTP/2 with stores on loopback: one with a certificate that
//! the machine trusts, and some that it does not.

use std::fmt::Write as _;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::home::Home;

const ISBN: &str = "9781944098117";

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for `name`, which is good until that year.
fn server_config(
    issuer: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
    until: i32,
) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    let certificate = params.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

/// What a store was asked: the version of HTTP, the path, the agent.
type Seen = Arc<Mutex<Vec<String>>>;

/// A store that speaks nothing but HTTP/2; gives its port.
async fn store(config: ServerConfig, seen: Seen) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let Ok(mut connection) = h2::server::handshake(stream).await else {
                    return;
                };
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    let path = request.uri().path().to_owned();
                    let agent = request.headers()["user-agent"].to_str().unwrap();
                    let agent = agent.split('/').next().unwrap();
                    let line = format!("{:?} {path} {agent}", request.version());
                    seen.lock().unwrap().push(line);
                    let (status, body) = if path == "/robots.txt" {
                        (404, String::new())
                    } else {
                        (200, page())
                    };
                    let head = axum::http::Response::builder()
                        .status(status)
                        .header("content-type", "text/html; charset=utf-8")
                        .body(())
                        .unwrap();
                    let mut stream = respond.send_response(head, false).unwrap();
                    stream.send_data(body.into(), true).unwrap();
                }
            });
        }
    });
    port
}

fn page() -> String {
    format!(
        "<html><head><title>Salt Roads</title><script type='application/ld+json'>{{\"@type\": \
         \"Book\", \"name\": \"Salt Roads\", \"isbn\": \"{ISBN}\", \"offers\": {{\"@type\": \
         \"Offer\", \"availability\": \"https://schema.org/PreOrder\", \"price\": \"16.99\", \
         \"priceCurrency\": \"USD\"}}}}</script></head><body>ISBN {ISBN}</body></html>"
    )
}

/// A configuration that watches one edition at these stores on loopback.
fn configuration(ports: &[(&str, u16)]) -> String {
    let mut text = "[author]\nname = 'Jane Roe'\nemail = 'jane@example.com'\ntimezone = 'UTC'\n\
                    [data]\nfolder = 'data'\n[politeness]\npause = '0s'\njitter = '0s'\n"
        .to_owned();
    let mut watched = Vec::new();
    for (name, port) in ports {
        let _ = write!(
            text,
            "[[store]]\nname = '{name}.example'\naddress = '/book/{{isbn13}}'\n\
             base = 'https://localhost:{port}'\n"
        );
        watched.push(format!("'{name}.example'"));
    }
    let _ = write!(
        text,
        "[[edition]]\ntitle = 'Salt Roads'\nisbn = '{ISBN}'\npublication_date = 2099-02-09\n\
         stores = [{}]\n",
        watched.join(", ")
    );
    text
}

/// Looks at every page once, with the test's own authority as the only one that is trusted.
async fn look(home: &Home) -> Output {
    let path = home.0.path().to_owned();
    tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_pubwatch"))
            .args(["check", "--quiet"])
            .env_clear()
            .env("HOME", &path)
            .env("PUBWATCH_CONFIG", path.join("pubwatch.toml"))
            .env("SSL_CERT_FILE", path.join("root.pem"))
            .output()
            .unwrap()
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_certificate_is_spoken_to_over_http_2_and_each_bad_one_has_its_sentence() {
    let trusted = authority("the test's own authority");
    let stranger = authority("nobody's authority");
    let stores = [
        ("good", server_config(&trusted, "localhost", 2999), ""),
        (
            "stranger",
            server_config(&stranger, "localhost", 2999),
            "its certificate is signed by nobody this machine trusts",
        ),
        (
            "expired",
            server_config(&trusted, "localhost", 2021),
            "its certificate has expired",
        ),
        (
            "other",
            server_config(&trusted, "books.example", 2999),
            "its certificate is for another name",
        ),
    ];
    let home = Home::new();
    std::fs::write(home.path("root.pem"), trusted.pem()).unwrap();
    let mut ports = Vec::new();
    let mut expected = Vec::new();
    let seen = Seen::default();
    for (name, config, sentence) in stores {
        ports.push((name, store(config, Arc::clone(&seen)).await));
        expected.push((format!("{name}.example"), sentence));
    }
    std::fs::write(home.path("pubwatch.toml"), configuration(&ports)).unwrap();
    let output = look(&home).await;
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "HTTP/2.0 /robots.txt pubwatch".to_owned(),
            format!("HTTP/2.0 /book/{ISBN} pubwatch")
        ]
    );
    let status: serde_json::Value = serde_json::from_str(&home.ok(&["status", "--json"])).unwrap();
    for (listing, (name, sentence)) in status["editions"][0]["listings"]
        .as_array()
        .unwrap()
        .iter()
        .zip(expected)
    {
        assert_eq!(listing["store"], name);
        if sentence.is_empty() {
            assert_eq!(listing["availability"], "pre_order", "{listing}");
        } else {
            let words = listing["unread_words"].as_str().unwrap();
            assert!(words.contains(sentence), "{name}: {words}");
        }
    }
}
