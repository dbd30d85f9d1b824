//! all-MiniLM-L6-v2 on the CPU, as its authors run it: at most 256 tokens, the mean of the token
//! vectors over the attention mask, scaled to length 1.

use std::fmt;
use std::fs;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use candle_core::{D, DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use tokenizers::{PaddingParams, PaddingStrategy, Tokenizer, TruncationParams};

use super::{EmbedError, Embedder};

/// SHA-256 of `model.safetensors`; `scripts/model.sh` pins the same.
const WEIGHTS: &str = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db";

pub(super) struct Model {
    bert: BertModel,
    tokenizer: Tokenizer,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").finish_non_exhaustive()
    }
}

impl Model {
    pub(super) fn load(dir: &Path) -> Result<Self, EmbedError> {
        let config: Config = serde_json::from_slice(&read(dir, "config.json")?).map_err(failed)?;
        let tokenizer = tokenizer(&read(dir, "tokenizer.json")?)?;
        let weights = read(dir, "model.safetensors")?;
        check_digest(dir, &weights)?;
        let vars = VarBuilder::from_buffered_safetensors(weights, DType::F32, &Device::Cpu).map_err(failed)?;
        let bert = BertModel::load(vars, &config).map_err(failed)?;
        Ok(Self { bert, tokenizer })
    }

    /// One unit vector for each text, in their order; one run of the model.
    pub(super) fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let inputs: Vec<&str> = texts.iter().map(String::as_str).collect();
        let encodings = self.tokenizer.encode_batch(inputs, true).map_err(failed)?;
        let ids: Vec<&[u32]> = encodings.iter().map(tokenizers::Encoding::get_ids).collect();
        let masks: Vec<&[u32]> = encodings.iter().map(tokenizers::Encoding::get_attention_mask).collect();
        self.run(&ids, &masks).map_err(failed)
    }

    fn run(&self, ids: &[&[u32]], masks: &[&[u32]]) -> candle_core::Result<Vec<Vec<f32>>> {
        let ids = matrix(ids)?;
        let mask = matrix(masks)?;
        let tokens = self.bert.forward(&ids, &ids.zeros_like()?, Some(&mask))?;
        unit(&mean_over(&tokens, &mask)?)?.to_vec2()
    }
}

/// The mean of each text's token vectors, padding left out.
fn mean_over(tokens: &Tensor, mask: &Tensor) -> candle_core::Result<Tensor> {
    let mask = mask.to_dtype(DType::F32)?.unsqueeze(2)?;
    let sum = tokens.broadcast_mul(&mask)?.sum(1)?;
    // Never zero: the tokenizer frames even an empty text with two tokens.
    sum.broadcast_div(&mask.sum(1)?)
}

/// Rows scaled to length 1, so that a dot product is the cosine.
fn unit(rows: &Tensor) -> candle_core::Result<Tensor> {
    let length = rows.sqr()?.sum_keepdim(D::Minus1)?.sqrt()?;
    rows.broadcast_div(&length.clamp(f32::MIN_POSITIVE, f32::MAX)?)
}

/// Rows of equal length as a tensor.
fn matrix(rows: &[&[u32]]) -> candle_core::Result<Tensor> {
    let width = rows.first().map_or(0, |row| row.len());
    Tensor::from_vec(rows.concat(), (rows.len(), width), &Device::Cpu)
}

/// The file's own settings cut at 128 tokens and pad every text to that; the model wants neither.
fn tokenizer(json: &[u8]) -> Result<Tokenizer, EmbedError> {
    let mut tokenizer = Tokenizer::from_bytes(json).map_err(failed)?;
    let truncation = TruncationParams { max_length: Embedder::MAX_TOKENS, ..TruncationParams::default() };
    let padding = PaddingParams { strategy: PaddingStrategy::BatchLongest, ..PaddingParams::default() };
    tokenizer.with_truncation(Some(truncation)).map_err(failed)?.with_padding(Some(padding));
    Ok(tokenizer)
}

fn read(dir: &Path, name: &str) -> Result<Vec<u8>, EmbedError> {
    let file = dir.join(name);
    fs::read(&file).map_err(|source| EmbedError::Missing { file: file.display().to_string(), source })
}

fn check_digest(dir: &Path, weights: &[u8]) -> Result<(), EmbedError> {
    let actual: String = digest(&SHA256, weights).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    if actual == WEIGHTS {
        return Ok(());
    }
    let file = dir.join("model.safetensors").display().to_string();
    Err(EmbedError::WrongWeights { file, actual })
}

fn failed(error: impl fmt::Display) -> EmbedError {
    EmbedError::Model(error.to_string())
}
