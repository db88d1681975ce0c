"""Pretrained networks, the embedding store, and the classifiers trained on the embeddings."""
