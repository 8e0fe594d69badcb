//! Public keys, and whether one signed.
//!
//! The one decision here: the key says which algorithm there is, and the envelope has no word in
//! it. So no signature can choose the weaker reading of a key.

use std::fmt;

use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject as _;

use super::{Envelope, Statement, Unreadable};
use crate::decision::sha256;

/// What comes before the 32 bytes of an Ed25519 key (RFC 8410). DER leaves no choice.
pub(super) const ED25519_PREFIX: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// What comes before the 65 bytes of an uncompressed point of P-256 (RFC 5480).
pub(super) const P256_PREFIX: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The largest PEM file that is read, in bytes.
pub(super) const LARGEST_PEM: usize = 16 << 10;

/// Why a file holds no usable key.
///
/// `Display` is a lowercase fragment that fits "cannot use the key: ...". It never holds any of the
/// file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProblem {
    /// It is too large.
    TooLarge,
    /// A private key, where a public one belongs.
    Private,
    /// A public key, where a private one belongs.
    Public,
    /// A private key with a passphrase.
    Encrypted,
    /// A private key of another form than PKCS #8.
    Form,
    /// It holds no key in PEM, or several.
    NotOne,
    /// A key of another kind than Ed25519 and ECDSA P-256.
    Kind,
    /// The machine gave no random numbers.
    Random,
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "it is too large to be a key",
            Self::Private => "it is a private key, and checking takes the public one",
            Self::Public => "it is a public key, and signing takes the private one",
            Self::Encrypted => "it has a passphrase",
            Self::Form => "it is not in the form of PKCS #8",
            Self::NotOne => "it does not hold exactly one key in PEM",
            Self::Kind => "it is neither an Ed25519 nor an ECDSA P-256 key",
            Self::Random => "this machine gives no random numbers",
        })
    }
}

impl std::error::Error for KeyProblem {}

impl KeyProblem {
    /// What to do next, in one sentence.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Private => {
                "`openssl pkey -in private.pem -pubout -out public.pem` gives its public half"
            }
            Self::Encrypted | Self::Form => {
                "`openssl pkcs8 -topk8 -nocrypt -in key.pem -out private.pem` gives the form that is read"
            }
            Self::Public => "name the private half; keep it in the secrets of the CI system",
            _ => {
                "make a pair: `openssl genpkey -algorithm ed25519 -out private.pem`, `openssl pkey -in private.pem -pubout -out public.pem`"
            }
        }
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: Kind,
    point: Vec<u8>,
    id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Ed25519,
    P256,
}

impl Kind {
    /// The key as others exchange it: `SubjectPublicKeyInfo` in DER.
    pub(super) fn info(self, point: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519 => [ED25519_PREFIX, point].concat(),
            Self::P256 => [P256_PREFIX, point].concat(),
        }
    }
}

impl PublicKey {
    /// Reads a key in PEM (`-----BEGIN PUBLIC KEY-----`).
    ///
    /// # Errors
    /// [`KeyProblem`] for everything else.
    pub fn read(pem: &[u8]) -> Result<Self, KeyProblem> {
        if pem.len() > LARGEST_PEM {
            return Err(KeyProblem::TooLarge);
        }
        if contains(pem, b"PRIVATE KEY-----") {
            return Err(KeyProblem::Private);
        }
        let keys: Result<Vec<_>, _> = SubjectPublicKeyInfoDer::pem_slice_iter(pem).collect();
        let keys = keys.map_err(|_| KeyProblem::NotOne)?;
        let [key] = keys.as_slice() else {
            return Err(KeyProblem::NotOne);
        };
        Self::of(key)
    }

    fn of(info: &[u8]) -> Result<Self, KeyProblem> {
        let ed25519 = info
            .strip_prefix(ED25519_PREFIX)
            .filter(|key| key.len() == 32);
        let p256 = info
            .strip_prefix(P256_PREFIX)
            .filter(|key| key.len() == 65 && key.first() == Some(&4));
        let (kind, point) = match (ed25519, p256) {
            (Some(point), _) => (Kind::Ed25519, point),
            (None, Some(point)) => (Kind::P256, point),
            (None, None) => return Err(KeyProblem::Kind),
        };
        Ok(Self {
            kind,
            point: point.to_vec(),
            id: sha256(info),
        })
    }

    /// What the key is called: `sha256:` and the digest of its `SubjectPublicKeyInfo` in DER, as
    /// `openssl pkey -pubin -outform DER | sha256sum` gives it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The statement of an envelope that this key signed; `None` where it did not.
    ///
    /// # Errors
    /// [`Unreadable`] when what was signed is no statement.
    #[must_use]
    pub fn statement(&self, envelope: &Envelope) -> Option<Result<Statement, Unreadable>> {
        let algorithm: &dyn VerificationAlgorithm = match self.kind {
            Kind::Ed25519 => &ED25519,
            Kind::P256 => &ECDSA_P256_SHA256_ASN1,
        };
        let key = UnparsedPublicKey::new(algorithm, &self.point);
        key.verify(&envelope.signed(), envelope.signature()).ok()?;
        Some(Statement::of(envelope))
    }
}

pub(super) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
