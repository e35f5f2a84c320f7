//! What encrypts: ring, for every connection of the program.

/// Makes ring the provider of every TLS connection from here on. Whoever builds an HTTP client calls
/// it first; a second call changes nothing.
pub fn by_ring() {
    let provider = rustls::crypto::ring::default_provider();
    // An error only says that there is one already.
    drop(provider.install_default());
}
