#pragma once

#include <atomic>

namespace peerlab::apps {

/// From now on SIGINT asks for an orderly end: it sets what `interrupted` gives, and whoever runs
/// cases ends as soon as it sees that. A third SIGINT ends the program at once (timeout(1)
/// sends two).
void catch_interrupt();

/// Whether SIGINT has come. Stays as it is once set.
const std::atomic<bool>& interrupted();

}  // namespace peerlab::apps
