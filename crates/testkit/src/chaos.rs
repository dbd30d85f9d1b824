//! A TCP proxy that fails on command: it refuses, cuts and stalls what goes through it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp},
    sync::watch,
};
use tokio_util::sync::CancellationToken;

/// What happens to connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everything goes through.
    Pass,
    /// What is open stays open, and not a byte moves until the mode changes.
    Stall,
    /// What is open is cut, and new connections are closed at once.
    Refuse,
}

/// The proxy; it ends with this value.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    mode: Arc<watch::Sender<Mode>>,
    open: Arc<Mutex<CancellationToken>>,
    end: CancellationToken,
}

impl Proxy {
    /// Listens on a free port of loopback and passes on to `target`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(target: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mode = Arc::new(watch::Sender::new(Mode::Pass));
        let (open, end) = (Arc::new(Mutex::new(CancellationToken::new())), CancellationToken::new());
        let accepting = accept(listener, target, Arc::clone(&mode), Arc::clone(&open));
        tokio::spawn(end.clone().run_until_cancelled_owned(accepting));
        Ok(Self { address, mode, open, end })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what happens.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
        if mode == Mode::Refuse {
            self.cut();
        }
    }

    /// Cuts every open connection.
    pub fn cut(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *open).cancel();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.end.cancel();
        self.cut();
    }
}

async fn accept(
    listener: TcpListener,
    target: SocketAddr,
    mode: Arc<watch::Sender<Mode>>,
    open: Arc<Mutex<CancellationToken>>,
) {
    while let Ok((client, _)) = listener.accept().await {
        if *mode.borrow() == Mode::Refuse {
            continue;
        }
        let cut = open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mode = mode.subscribe();
        tokio::spawn(async move { cut.run_until_cancelled(pass_on(client, target, mode)).await });
    }
}

async fn pass_on(client: TcpStream, target: SocketAddr, mode: watch::Receiver<Mode>) {
    let Ok(server) = TcpStream::connect(target).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    // Either side's end is the connection's.
    tokio::select! {
        () = pump(from_client, to_server, mode.clone()) => {}
        () = pump(from_server, to_client, mode) => {}
    }
}

async fn pump(mut from: tcp::OwnedReadHalf, mut to: tcp::OwnedWriteHalf, mut mode: watch::Receiver<Mode>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if mode.wait_for(|mode| *mode != Mode::Stall).await.is_err() || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    tokio::io::copy(&mut read, &mut write).await
                });
            }
        });
        address
    }

    async fn says_back(stream: &mut TcpStream) -> bool {
        let mut byte = [0];
        stream.write_all(b"x").await.is_ok() && matches!(stream.read(&mut byte).await, Ok(1))
    }

    #[tokio::test]
    async fn it_passes_stalls_cuts_and_refuses() {
        let proxy = Proxy::start(echo().await).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(says_back(&mut stream).await);
        proxy.set(Mode::Stall);
        assert!(timeout(Duration::from_millis(100), says_back(&mut stream)).await.is_err());
        proxy.set(Mode::Pass);
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).await.unwrap(), 1, "what was held back arrives");
        proxy.set(Mode::Refuse);
        assert!(!says_back(&mut stream).await);
        let mut refused = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(!says_back(&mut refused).await);
        proxy.set(Mode::Pass);
        assert!(says_back(&mut TcpStream::connect(proxy.address()).await.unwrap()).await);
    }
}
