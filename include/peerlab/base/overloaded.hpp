#pragma once

namespace peerlab {

/// One visitor out of several lambdas, one for each alternative of a variant.
template <class... Lambdas>
struct Overloaded : Lambdas... {
  using Lambdas::operator()...;
};
template <class... Lambdas>
Overloaded(Lambdas...) -> Overloaded<Lambdas...>;

}  // namespace peerlab
