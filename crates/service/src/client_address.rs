//! Who is calling: the client's address, believed from a header only where a configured proxy set it.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use axum::extract::ConnectInfo;
use http::{HeaderMap, request::Parts};

/// Networks whose `X-Forwarded-For` is believed (TRUSTED_PROXIES: addresses or CIDR blocks, separated by commas).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<(IpAddr, u8)>);

impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split([',', ' ']).filter(|part| !part.is_empty()).map(parse_block).collect::<Result<_, _>>().map(Self)
    }
}

fn parse_block(text: &str) -> Result<(IpAddr, u8), String> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
    let address: IpAddr = address.parse().map_err(|_| format!("`{text}` is no address or CIDR block"))?;
    let widest = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Ok(widest), str::parse).map_err(|_| format!("`{text}` is no CIDR block"))?;
    if bits > widest { Err(format!("`{text}` is no CIDR block")) } else { Ok((address, bits)) }
}

impl TrustedProxies {
    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|&(network, bits)| same_network(network, address.to_canonical(), bits))
    }

    /// The client's address: the socket's, or the right-most address of `X-Forwarded-For` that is no trusted proxy.
    #[must_use]
    pub fn client(&self, socket: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = socket.to_canonical();
        let chain = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = chain.flat_map(|value| value.split(',')).map(str::trim).collect();
        for hop in hops.into_iter().rev() {
            if !self.contains(client) {
                break;
            }
            match hop.parse::<IpAddr>() {
                Ok(address) => client = address.to_canonical(),
                Err(_) => break,
            }
        }
        client
    }

    /// As [`TrustedProxies::client`], from a request's parts; the unspecified address where the server did not
    /// record the socket's.
    #[must_use]
    pub fn client_of(&self, parts: &Parts) -> IpAddr {
        let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        self.client(socket.unwrap_or(IpAddr::from([0, 0, 0, 0])), &parts.headers)
    }
}

fn same_network(a: IpAddr, b: IpAddr, bits: u8) -> bool {
    match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            (a.to_bits() ^ b.to_bits()).checked_shr(32 - u32::from(bits)).unwrap_or(0) == 0
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            (a.to_bits() ^ b.to_bits()).checked_shr(128 - u32::from(bits)).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn client(proxies: &str, socket: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        proxies.parse::<TrustedProxies>().unwrap().client(socket.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_header_from_a_stranger_is_ignored() {
        assert_eq!(client("", "203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(client("10.0.0.0/8", "203.0.113.9", "198.51.100.1"), "203.0.113.9");
    }

    #[test]
    fn the_right_most_untrusted_hop_is_the_client() {
        assert_eq!(client("10.0.0.0/8", "10.1.1.1", "192.0.2.66, 198.51.100.1, 10.2.2.2"), "198.51.100.1");
        assert_eq!(client("10.0.0.0/8", "10.1.1.1", "garbage"), "10.1.1.1");
        assert_eq!(client("::1", "::1", "2001:db8::5"), "2001:db8::5");
    }

    #[test]
    fn nonsense_is_refused() {
        assert!("10.0.0.0/33".parse::<TrustedProxies>().is_err());
        assert!("proxy".parse::<TrustedProxies>().is_err());
    }
}
