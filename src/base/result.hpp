#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace callboard {

/// Why something could not be done: what failed, where, and what to do, in one sentence for the operator.
struct Error {
    /// What the caller should do about it.
    enum class Kind {
        invalid,      ///< the input is wrong; the same input will fail again
        missing,      ///< what was asked for does not exist
        denied,       ///< not allowed
        unavailable,  ///< may work later: retry with a back-off
        corrupt,      ///< stored bytes are not what was written
    };
    Kind kind = Kind::invalid;
    std::string what;
};

/// A value or the Error that kept it from being made. Never both, never neither.
template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: meant to be implicit
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: meant to be implicit

    explicit operator bool() const { return state_.index() == 0; }
    bool has_value() const { return state_.index() == 0; }

    /// Precondition: holds a value.
    T& operator*() & { return *std::get_if<0>(&state_); }
    const T& operator*() const& { return *std::get_if<0>(&state_); }
    T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
    T* operator->() { return std::get_if<0>(&state_); }
    const T* operator->() const { return std::get_if<0>(&state_); }

    /// Precondition: holds an error.
    const Error& error() const { return *std::get_if<1>(&state_); }

  private:
    std::variant<T, Error> state_;
};

/// The outcome of something that yields no value.
template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}  // NOLINT: meant to be implicit

    explicit operator bool() const { return !error_; }
    bool has_value() const { return !error_; }
    /// Precondition: holds an error.
    const Error& error() const { return *error_; }

  private:
    std::optional<Error> error_;
};

}  // namespace callboard
