#pragma once

namespace peerlab {

/// Which Consul a cluster is. Community Edition has one admin partition and one namespace, both
/// called `default`, and refuses everything that names another.
enum class Edition { community, enterprise };

}  // namespace peerlab
