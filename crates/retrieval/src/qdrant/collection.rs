//! The collection: made when it is missing, and asked what it holds.

use qdrant_client::qdrant::{
    CreateCollection, CreateCollectionBuilder, CreateFieldIndexCollection, CreateFieldIndexCollectionBuilder, Distance,
    FacetCountsBuilder, FieldType, Modifier, MultiVectorComparator, MultiVectorConfigBuilder,
    SparseVectorParamsBuilder, SparseVectorsConfigBuilder, VectorParamsBuilder, VectorsConfigBuilder,
    facet_value::Variant,
};
use qdrant_client::{Qdrant, QdrantError};

use super::points::{self, EDITION};
use crate::hybrid::{BM25, DENSE, LESSON, STAGE};
use crate::{Edition, StoreError};

/// The most lessons whose editions are listed; those beyond are written anew, which is only slow.
const LESSONS: u64 = 100_000;

/// Makes the collection and its payload indexes. Safe to repeat, also by several replicas at once.
pub(super) async fn ensure(client: &Qdrant, collection: &str, dimensions: usize) -> Result<(), StoreError> {
    if !client.collection_exists(collection).await? {
        match client.create_collection(definition(collection, dimensions)).await {
            Ok(_) => tracing::info!(collection, dimensions, "made a collection in Qdrant"),
            // Another replica was faster.
            Err(_) if client.collection_exists(collection).await? => {}
            Err(error) => return Err(error.into()),
        }
    }
    // Making an index that is there changes nothing.
    for field in [STAGE, LESSON, EDITION] {
        client.create_field_index(index(collection, field)).await?;
    }
    Ok(())
}

fn definition(collection: &str, dimensions: usize) -> CreateCollection {
    let mut dense = VectorsConfigBuilder::default();
    let size = u64::try_from(dimensions).unwrap_or(u64::MAX);
    let nearest = VectorParamsBuilder::new(size, Distance::Cosine)
        .multivector_config(MultiVectorConfigBuilder::new(MultiVectorComparator::MaxSim));
    dense.add_named_vector_params(DENSE, nearest);
    let mut sparse = SparseVectorsConfigBuilder::default();
    sparse.add_named_vector_params(BM25, SparseVectorParamsBuilder::default().modifier(Modifier::Idf));
    CreateCollectionBuilder::new(collection).vectors_config(dense).sparse_vectors_config(sparse).build()
}

fn index(collection: &str, field: &str) -> CreateFieldIndexCollection {
    CreateFieldIndexCollectionBuilder::new(collection, field, FieldType::Keyword).wait(true).build()
}

/// Every edition that some point belongs to.
pub(super) async fn held(client: &Qdrant, collection: &str) -> Result<Vec<Edition>, StoreError> {
    let request = FacetCountsBuilder::new(collection, EDITION).limit(LESSONS).exact(true);
    let answer = client.facet(request).await.map_err(|error: QdrantError| StoreError::from(error))?;
    let editions = answer.hits.into_iter().filter_map(|hit| match hit.value?.variant? {
        Variant::StringValue(key) => points::edition(&key),
        Variant::IntegerValue(_) | Variant::BoolValue(_) => None,
    });
    Ok(editions.collect())
}
