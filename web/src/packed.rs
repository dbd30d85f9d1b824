//! A file of the site's own, served under a name that changes with its content, and compressed once as small as it gets
//! rather than with every request.

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    response::Response,
    routing::get,
};
use http::{HeaderMap, HeaderValue, header};
use tokio::sync::OnceCell;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::compression::{CompressionLayer, CompressionLevel};

/// For ever: the name would be another one if the content were.
pub const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// A text file, and its brotli once somebody asked for it.
pub struct Packed {
    content_type: &'static str,
    content: Bytes,
    brotli: OnceCell<Bytes>,
}

impl Packed {
    /// `content` as `content_type`.
    #[must_use]
    pub fn new(content_type: &'static str, content: impl Into<Bytes>) -> &'static Self {
        // Made once per process and served until its end.
        Box::leak(Box::new(Self { content_type, content: content.into(), brotli: OnceCell::new() }))
    }

    /// A router that serves it at `path`.
    pub fn route<S: Clone + Send + Sync + 'static>(&'static self, path: &str) -> Router<S> {
        Router::new().route(path, get(move |headers: HeaderMap| self.answer(headers)))
    }

    async fn answer(&'static self, headers: HeaderMap) -> Response {
        let mut response = self.plain();
        if takes_brotli(&headers) {
            *response.body_mut() = Body::from(self.brotli.get_or_init(|| self.compress()).await.clone());
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        response.headers_mut().insert(header::CACHE_CONTROL, IMMUTABLE);
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }

    fn plain(&self) -> Response {
        let mut response = Response::new(Body::from(self.content.clone()));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        response
    }

    /// By the same layer that compresses pages, at its best level.
    async fn compress(&'static self) -> Bytes {
        let layer = CompressionLayer::new().no_gzip().quality(CompressionLevel::Best);
        let service = layer.layer(service_fn(|_: Request| async { Ok::<_, Infallible>(self.plain()) }));
        let mut request = Request::new(Body::empty());
        request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("br"));
        let Ok(response) = service.oneshot(request).await;
        axum::body::to_bytes(Body::new(response.into_body()), usize::MAX).await.unwrap_or_default()
    }
}

/// Browsers say `br` without a weight; who weighs it (RFC 9110 section 12.5.3) gets the plain file.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| coding.trim() == "br")
}
