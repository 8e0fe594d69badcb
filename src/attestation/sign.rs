//! Signing without GitHub: a private key that is there already.
//!
//! The one decision here: what is signed is a statement that was made from a decision, and never
//! whatever a file holds.

use ring::rand::SecureRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;

use super::KeyProblem;
use super::envelope::{encoded, signed};
use super::key::{Kind, LARGEST_PEM, contains};
use super::statement::PAYLOAD_TYPE;
use crate::decision::sha256;

/// A private key. It is never shown.
pub struct PrivateKey(Pair);

enum Pair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

impl PrivateKey {
    /// Reads a key in PEM, in the form of PKCS #8 (`-----BEGIN PRIVATE KEY-----`).
    ///
    /// # Errors
    /// [`KeyProblem`] for everything else.
    pub fn read(pem: &[u8], random: &dyn SecureRandom) -> Result<Self, KeyProblem> {
        if pem.len() > LARGEST_PEM {
            return Err(KeyProblem::TooLarge);
        }
        for (mark, problem) in [
            (&b"ENCRYPTED PRIVATE KEY-----"[..], KeyProblem::Encrypted),
            (b"EC PRIVATE KEY-----", KeyProblem::Form),
            (b"OPENSSH PRIVATE KEY-----", KeyProblem::Form),
            (b"BEGIN PUBLIC KEY-----", KeyProblem::Public),
        ] {
            if contains(pem, mark) {
                return Err(problem);
            }
        }
        let keys: Result<Vec<_>, _> = PrivatePkcs8KeyDer::pem_slice_iter(pem).collect();
        let keys = keys.map_err(|_| KeyProblem::NotOne)?;
        let [key] = keys.as_slice() else {
            return Err(KeyProblem::NotOne);
        };
        let key = key.secret_pkcs8_der();
        // OpenSSL leaves the public half of an Ed25519 key out; it follows from the private one.
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key) {
            return Ok(Self(Pair::Ed25519(pair)));
        }
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key, random);
        pair.map(|pair| Self(Pair::P256(pair)))
            .map_err(|_| KeyProblem::Kind)
    }

    /// What the public half is called, as [`super::PublicKey::id`] has it.
    #[must_use]
    pub fn id(&self) -> String {
        sha256(&match &self.0 {
            Pair::Ed25519(pair) => Kind::Ed25519.info(pair.public_key().as_ref()),
            Pair::P256(pair) => Kind::P256.info(pair.public_key().as_ref()),
        })
    }

    /// A statement in a signed envelope, as JSON on one line.
    ///
    /// # Errors
    /// [`KeyProblem::Random`] when ECDSA got no random numbers.
    pub fn sign(&self, statement: &str, random: &dyn SecureRandom) -> Result<String, KeyProblem> {
        let message = signed(PAYLOAD_TYPE, statement.as_bytes());
        let signature = match &self.0 {
            Pair::Ed25519(pair) => pair.sign(&message).as_ref().to_vec(),
            Pair::P256(pair) => {
                let signature = pair.sign(random, &message);
                signature.map_err(|_| KeyProblem::Random)?.as_ref().to_vec()
            }
        };
        let envelope = json!({
            "payloadType": PAYLOAD_TYPE,
            "payload": encoded(statement.as_bytes()),
            "signatures": [{"keyid": self.id(), "sig": encoded(&signature)}],
        });
        Ok(format!("{envelope}\n"))
    }
}
