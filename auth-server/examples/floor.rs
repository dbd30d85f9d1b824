//! What the benchmarks hold this server against: a bare axum route, and a bare loop of Argon2id.
//!
//! `floor serve ADDRESS FILE` answers every GET with the file's bytes as JSON; `floor argon2 SECONDS THREADS` prints
//! hashes per second with the server's own parameters.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Params, Version};
use axum::{Router, body::Bytes, routing::get};
use http::header;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["serve", address, file] => serve(address, file),
        ["argon2", seconds, threads] => hash(seconds, threads),
        _ => Err("floor serve ADDRESS FILE, or floor argon2 SECONDS THREADS".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("floor: {error}");
            ExitCode::FAILURE
        }
    }
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main]
async fn serve(address: &str, file: &str) -> Outcome {
    let bytes = Bytes::from(std::fs::read(file)?);
    let answer = move || std::future::ready(([(header::CONTENT_TYPE, "application/json")], bytes.clone()));
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(listener, Router::new().route("/", get(answer))).await?)
}

fn hash(seconds: &str, threads: &str) -> Outcome {
    let (seconds, threads): (u64, usize) = (seconds.parse()?, threads.parse()?);
    let end = Instant::now() + Duration::from_secs(seconds);
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| error.to_string())?;
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
            std::thread::spawn(move || {
                let (mut count, mut out) = (0_u32, [0; 32]);
                while Instant::now() < end {
                    argon2.hash_password_into(b"Correct-Horse-7", b"0123456789abcdef", &mut out).ok()?;
                    count += 1;
                }
                Some(count)
            })
        })
        .collect();
    let counts = workers.into_iter().map(|worker| worker.join().ok().flatten().ok_or("a hash failed"));
    let total: u32 = counts.sum::<Result<u32, _>>()?;
    #[expect(clippy::cast_precision_loss, reason = "seconds are few")]
    let rate = f64::from(total) / seconds as f64;
    println!("{rate:.1}");
    Ok(())
}
