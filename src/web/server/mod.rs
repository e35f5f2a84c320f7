//! The server: connections in, answers out. Here is what touches the network; who is let in,
//! `gate.rs` says, and what is answered where, `router.rs`.

mod actions;
mod answer;
mod answers;
mod books;
mod change;
mod chosen;
mod evidence;
pub mod exports;
pub mod first_start;
mod gate;
mod list;
mod login;
mod looks;
pub(super) mod observations;
mod pages;
mod pauses;
mod refused;
mod router;
mod shared;
mod topics;
mod trials;
mod you;
pub mod site;

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};

pub use answer::PageError;
pub use router::router;
pub use site::{Guard, Live, Site};

/// How long a connection may go without an answer being written to it, and how long it may take to
/// send its request: a client slower than this is let go.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most connections at once; the next one waits for its turn.
const CONNECTIONS: usize = 64;

/// With less room than this a connection ends with its answer, instead of waiting for the next
/// question: who asks for something now and then would keep everybody else out.
const CROWDED: usize = 16;

/// Why the page cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Everybody could see it.
    #[error(
        "the page is not served at {0} without a password: everybody in that network could see it \
         and change notes; run `pubwatch password` and put what it prints into [web] as \
         `password_hash`, or listen on 127.0.0.1"
    )]
    NoPassword(SocketAddr),
    /// Everybody could see it, through the proxy before it.
    #[error(
        "the page is not served to the world without a password: `[web] address` says that a proxy \
         shows it; run `pubwatch password` and put what it prints into [web] as `password_hash`"
    )]
    PublicWithoutPassword,
    /// The hash in the configuration is none.
    #[error(
        "`password_hash` in [web] cannot be read; run `pubwatch password` and copy the whole line"
    )]
    BadHash,
    /// The address cannot be had.
    #[error(
        "cannot listen on {place}: {source}; is another Pubwatch running? `[web] listen` chooses another port"
    )]
    Listen {
        /// The address.
        place: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The address of the first start cannot be had.
    #[error(
        "cannot listen on {place}: {source}; is another Pubwatch running? `pubwatch run --port` \
         chooses another port for the set-up"
    )]
    Taken {
        /// The address.
        place: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The system's random numbers cannot be had.
    #[error("the system gives no random numbers; the page cannot be served safely")]
    Random,
    /// The listener broke.
    #[error("the server broke down: {0}")]
    Broken(io::Error),
}

/// Whether a site may be served at `place`.
///
/// # Errors
///
/// [`ServeError::NoPassword`] without a password, where not this machine alone could reach it;
/// [`ServeError::BadHash`].
pub fn check(site: &Site, place: SocketAddr) -> Result<(), ServeError> {
    let web = &site.plan.web;
    match &web.password_hash {
        None if !place.ip().is_loopback() => Err(ServeError::NoPassword(place)),
        None if web.is_public() => Err(ServeError::PublicWithoutPassword),
        Some(hash) if !super::security::is_hash(hash.reveal()) => Err(ServeError::BadHash),
        Some(_) | None => Ok(()),
    }
}

/// Opens the listener of a site, if it is allowed to be served there.
///
/// # Errors
///
/// As [`check`]; [`ServeError::Listen`] when the address cannot be had.
pub async fn listen(site: &Site, place: SocketAddr) -> Result<TcpListener, ServeError> {
    check(site, place)?;
    TcpListener::bind(place)
        .await
        .map_err(|source| ServeError::Listen { place, source })
}

/// Answers until `stop` is there; requests under way are answered to their end.
///
/// # Errors
///
/// [`ServeError::Broken`] when the listener breaks.
pub async fn serve(
    live: Arc<Live>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_all(router(live), listener, stop).await
}

/// Answers with what a router says, until `stop` is there.
async fn serve_all(
    router: Router,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let make_room = middleware::from_fn_with_state(Arc::clone(&room), make_room);
    let service = router
        .layer(make_room)
        .into_make_service_with_connect_info::<Peer>();
    let listener = Bounded { listener, room };
    axum::serve(listener, service)
        .with_graceful_shutdown(stop)
        .await
        .map_err(ServeError::Broken)
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
struct Peer(IpAddr);

impl Connected<IncomingStream<'_, Bounded>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Bounded>) -> Self {
        Self(stream.remote_addr().ip())
    }
}

/// Others may be waiting: who has an answer makes room.
async fn make_room(State(room): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if room.available_permits() < CROWDED {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

/// A listener that lets in only so many at once, and lets go of who is too slow.
struct Bounded {
    listener: TcpListener,
    room: Arc<Semaphore>,
}

impl Listener for Bounded {
    type Io = Patient;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // The semaphore is never closed; without a permit the connection is merely not counted.
        let permit = Arc::clone(&self.room).acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let patient = Patient {
            stream,
            deadline: Box::pin(sleep(PATIENCE)),
            _permit: permit,
        };
        (patient, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// A connection with a deadline, which every written answer moves on: whoever sends a request drop
/// by drop, or never reads the answer, is let go.
struct Patient {
    stream: TcpStream,
    deadline: Pin<Box<Sleep>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Patient {
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        self.deadline.as_mut().poll(context).is_ready()
    }

    /// Moves the deadline on. By the runtime's own clock, on which no record depends.
    fn go_on(&mut self) {
        self.deadline = Box::pin(sleep(PATIENCE));
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_late(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        match written {
            Poll::Ready(Ok(_)) => self.go_on(),
            Poll::Pending if self.is_late(context) => {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            Poll::Ready(Err(_)) | Poll::Pending => {}
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
