"""From a manifest to artifacts, by the resolvers that the ecosystems have: uv for wheels, apt for debs."""
