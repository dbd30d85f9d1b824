//! Running a router until it is told to stop.

use std::{future::IntoFuture, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long running requests may take to end after a stop was asked for.
pub const DRAIN: Duration = Duration::from_secs(10);

/// Why a service cannot listen.
#[derive(Debug, thiserror::Error)]
#[error("{service} cannot listen on {address}: {reason}. Free that address or set {variable} to another")]
pub struct ListenError {
    service: &'static str,
    address: SocketAddr,
    variable: &'static str,
    reason: std::io::Error,
}

/// Takes the address, so that a taken port is told before anything else starts.
///
/// # Errors
/// When the address is taken or not ours.
pub async fn listen(
    service: &'static str,
    variable: &'static str,
    address: SocketAddr,
) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|reason| ListenError { service, address, variable, reason })
}

/// Serves until `stop` is cancelled, then lets running requests end, for [`DRAIN`] at most.
///
/// # Errors
/// Those of the listener.
pub async fn run(listener: TcpListener, router: Router, stop: CancellationToken) -> std::io::Result<()> {
    let drained = stop.clone();
    let make = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, make).with_graceful_shutdown(async move { stop.cancelled().await });
    tokio::select! {
        result = server.into_future() => result,
        () = async { drained.cancelled().await; tokio::time::sleep(DRAIN).await } => Ok(()),
    }
}

/// Serves `/metrics` at `address` until `stop` is cancelled, beside the service itself.
///
/// # Errors
/// When the address is taken or not ours.
pub async fn spawn_ops(
    service: &'static str,
    variable: &'static str,
    address: SocketAddr,
    stop: CancellationToken,
) -> Result<(), ListenError> {
    let listener = listen(service, variable, address).await?;
    tokio::spawn(async move {
        if let Err(error) = run(listener, crate::telemetry::ops_router(), stop).await {
            tracing::error!(%error, service, "the operators' address stopped serving");
        }
    });
    Ok(())
}

/// A token that is cancelled by SIGINT or SIGTERM.
#[must_use]
pub fn stop_signal() -> CancellationToken {
    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        wait_for_signal().await;
        cancel.cancel();
    });
    token
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        tracing::error!("cannot listen for SIGTERM; stopping needs SIGKILL");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
