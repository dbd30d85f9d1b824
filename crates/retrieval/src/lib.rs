//! Chunks, embeddings and hybrid search over what a student may see.
