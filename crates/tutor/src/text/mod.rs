//! Reading natural language: words, stems, sentences.

pub(crate) mod blocks;
pub(crate) mod fold;
pub(crate) mod phrase;
pub(crate) mod sentences;
pub(crate) mod stem;
pub(crate) mod stopwords;
pub(crate) mod synonyms;
pub(crate) mod terms;
