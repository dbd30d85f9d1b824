//! One password hash: Argon2id (19 MiB, 2 passes, 1 lane), and what the legacy platform made: bcrypt, and the scrypt of
//! the identity server that it had at last.

use std::ops::RangeInclusive;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::phc::{Output, PasswordHash, Salt},
};
use subtle::ConstantTimeEq;

use super::{hash_threads::Memory, password::HashError, policy::normalise};

/// What a new hash costs, in KiB, passes and lanes.
const PARAMS: Params = match Params::new(19 * 1024, 2, 1, Some(32)) {
    Ok(params) => params,
    Err(_) => Params::DEFAULT,
};
/// A stored hash may ask for this much memory (KiB), passes and lanes; one that wants more is nobody's password.
const MOST: (u32, u32, u32) = (128 * 1024, 10, 8);
/// The bcrypt costs that are computed; the last takes about two seconds.
const BCRYPT_COSTS: RangeInclusive<u32> = 4..=15;

/// What that identity server's scrypt costs: 16384 rounds of 2 KiB blocks, which is 32 MiB.
const SCRYPT: (u8, u32, u32) = (14, 16, 1);

/// Verified against where there is no account: of the same cost as a real one. Nothing fits it, since the answer is no
/// whatever comes out.
pub(super) const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn failed(error: impl std::fmt::Display) -> HashError {
    HashError::Failed(error.to_string())
}

/// The PHC string of `password`.
pub(super) fn hash(memory: &mut Memory, password: &str) -> Result<String, HashError> {
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| HashError::Failed("no randomness".to_owned()))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS);
    let output = compute(&argon2, memory, normalise(password).as_bytes(), &salt, 32)?;
    let hash = PasswordHash {
        algorithm: argon2::ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: PARAMS.try_into().map_err(failed)?,
        salt: Some(Salt::new(&salt).map_err(failed)?),
        hash: Some(Output::new(&output).map_err(failed)?),
    };
    Ok(hash.to_string())
}

fn compute(
    argon2: &Argon2<'_>,
    memory: &mut Memory,
    password: &[u8],
    salt: &[u8],
    length: usize,
) -> Result<Vec<u8>, HashError> {
    let mut output = vec![0; length];
    memory
        .with(argon2.params().block_count(), |blocks| {
            argon2.hash_password_into_with_memory(password, salt, &mut output, blocks)
        })
        .map_err(failed)?;
    Ok(output)
}

/// Whether `password` is the one behind `hash`. A hash that cannot be read fits nothing.
pub(super) fn fits(memory: &mut Memory, password: &str, hash: &str) -> bool {
    if is_bcrypt(hash) {
        return fits_bcrypt(password, hash);
    }
    if let Some((salt, key)) = scrypt_parts(hash) {
        return fits_scrypt(password, salt, key);
    }
    // The parameters are those in the hash, so that older hashes go on when ours change.
    argon2_fits(memory, password, hash).unwrap_or_else(|| {
        tracing::warn!("a stored password hash cannot be read, or costs more than is allowed");
        false
    })
}

fn argon2_fits(memory: &mut Memory, password: &str, hash: &str) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map_or(Ok(Version::V0x13), Version::try_from).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let affordable = params.m_cost() <= MOST.0 && params.t_cost() <= MOST.1 && params.p_cost() <= MOST.2;
    let (salt, expected) = (hash.salt?, hash.hash?);
    if !affordable {
        return None;
    }
    let argon2 = Argon2::new(algorithm, version, params);
    let output = compute(&argon2, memory, normalise(password).as_bytes(), salt.as_ref(), expected.len()).ok()?;
    Some(output.ct_eq(expected.as_bytes()).into())
}

/// Whether this is a hash of the legacy platform.
pub(super) fn is_legacy(hash: &str) -> bool {
    is_bcrypt(hash) || scrypt_parts(hash).is_some()
}

fn is_bcrypt(hash: &str) -> bool {
    ["$2a$", "$2b$", "$2x$", "$2y$"].iter().any(|prefix| hash.starts_with(prefix))
}

/// On the bytes as typed, of which bcrypt sees the first 72: so the legacy platform hashed them.
fn fits_bcrypt(password: &str, hash: &str) -> bool {
    let cost = hash.get(4..6).and_then(|cost| cost.parse::<u32>().ok());
    cost.is_some_and(|cost| BCRYPT_COSTS.contains(&cost)) && bcrypt::verify(password, hash).unwrap_or(false)
}

/// The salt and the key, in hex, of a hash `salt:key`.
fn scrypt_parts(hash: &str) -> Option<(&str, &str)> {
    let (salt, key) = hash.split_once(':')?;
    let hex = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hex(salt, 32) && hex(key, 128)).then_some((salt, key))
}

/// The salt went in as the text that it is written as.
fn fits_scrypt(password: &str, salt: &str, key: &str) -> bool {
    let (log_n, r, p) = SCRYPT;
    let mut made = [0; 64];
    let computed = scrypt::Params::new(log_n, r, p).is_ok_and(|params| {
        scrypt::scrypt(normalise(password).as_bytes(), salt.as_bytes(), &params, &mut made).is_ok()
    });
    let made: String = made.iter().map(|byte| format!("{byte:02x}")).collect();
    let same: bool = made.as_bytes().ct_eq(key.to_ascii_lowercase().as_bytes()).into();
    computed && same
}

/// Whether `hash` is of another kind, or cost, than new ones are.
pub(super) fn is_outdated(hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return true };
    hash.algorithm != argon2::ARGON2ID_IDENT
        || hash.version != Some(Version::V0x13.into())
        || !Params::try_from(&hash).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) == (PARAMS.m_cost(), PARAMS.t_cost(), PARAMS.p_cost())
        })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn check(password: &str, hash: &str) -> bool {
        fits(&mut Memory::default(), password, hash)
    }

    #[test]
    fn a_new_hash_fits_its_password_alone_and_is_up_to_date() {
        let made = hash(&mut Memory::default(), "Correct-Horse-7").unwrap();
        assert!(made.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{made}");
        assert!(check("Correct-Horse-7", &made) && !check("correct-horse-7", &made));
        assert!(!is_outdated(&made) && !is_outdated(NOBODY) && !is_legacy(&made));
    }

    #[test]
    fn hashes_of_other_parameters_fit_and_are_outdated() {
        use argon2::PasswordHasher;
        for (m, t, p) in [(8 * 1024, 1, 1), (64 * 1024, 3, 4)] {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(m, t, p, None).unwrap());
            let made: PasswordHash = argon2.hash_password(b"Correct-Horse-7").unwrap();
            let made = made.to_string();
            assert!(check("Correct-Horse-7", &made) && !check("Correct-Horse-8", &made) && is_outdated(&made));
        }
    }

    #[test]
    fn a_hash_that_costs_too_much_or_is_garbage_fits_nothing_quickly() {
        let start = std::time::Instant::now();
        let salt = "c2FsdHNhbHRzYWx0c2FsdA";
        let output = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        for cost in ["m=4194304,t=2,p=1", "m=19456,t=4000000000,p=1", "m=19456,t=2,p=1000"] {
            assert!(!check("x", &format!("$argon2id$v=19${cost}${salt}${output}")));
        }
        for hash in ["", "$", "$2b$", "$2b$31$abc", "$2b$10$short", "$argon2id$v=19$m=1,t=0,p=0$$", "$2b$é0$"] {
            assert!(!check("x", hash), "{hash}");
        }
        assert!(start.elapsed().as_secs() < 2);
    }

    #[test]
    fn legacy_hashes_fit_the_bytes_as_typed() {
        let decomposed = "Pa\u{308}ssword-2026";
        let made = bcrypt::hash_with_salt(decomposed, 4, [7; 16]).unwrap();
        for version in [bcrypt::Version::TwoA, bcrypt::Version::TwoB, bcrypt::Version::TwoY] {
            let hash = made.format_for_version(version);
            assert!(check(decomposed, &hash), "{hash}");
            assert!(!check("P\u{e4}ssword-2026", &hash), "no other spelling");
            assert!(is_legacy(&hash) && is_outdated(&hash));
        }
    }

    #[test]
    fn a_known_bcrypt_vector_fits() {
        // From OpenBSD's tests.
        assert!(check("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"));
    }

    #[test]
    fn scrypt_of_the_interim_server_fits_the_normalised_password() {
        // Made by Node's crypto.scryptSync(password.normalize("NFKC"), salt, 64, {N: 16384, r: 16, p: 1}).
        let hash = "00112233445566778899aabbccddeeff:\
                    c849e44fca9f435de33ecf0aa0f20f182a0ae87c237ad6c61034c05da51fee2c\
                    8833e7e9b108319a19104dad912d677569c92c60dfe9f73818fc845d0f7123af";
        assert!(check("P\u{e4}ssword-2026", hash) && check("Pa\u{308}ssword-2026", hash));
        assert!(!check("Password-2026", hash) && !check("", hash));
        assert!(is_legacy(hash) && is_outdated(hash));
        assert!(!is_legacy(&hash[1..]) && !check("P\u{e4}ssword-2026", &hash[1..]));
    }

    #[test]
    fn bcrypt_sees_72_bytes_and_survives_a_nul() {
        let long = "x".repeat(80);
        let hash = bcrypt::hash_with_salt(&long, 4, [7; 16]).unwrap().format_for_version(bcrypt::Version::TwoB);
        assert!(check(&"x".repeat(72), &hash) && !check(&"x".repeat(71), &hash));
        let hash = bcrypt::hash_with_salt("a\0b", 4, [7; 16]).unwrap().format_for_version(bcrypt::Version::TwoB);
        assert!(check("a\0b", &hash) && !check("a\0c", &hash));
        assert!(!check("", &hash));
    }
}
