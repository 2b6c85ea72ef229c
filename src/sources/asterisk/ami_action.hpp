#pragma once

#include <string>
#include <string_view>

namespace callboard {

/// One request to the manager interface, as it goes over the wire:
///
///     AmiAction("Ping").with("ActionID", "7").text()
///
/// A line break in a value, which would begin another line, becomes a blank.
class AmiAction {
  public:
    explicit AmiAction(std::string_view name) { with("Action", name); }
    AmiAction&& with(std::string_view key, std::string_view value) &&;
    void with(std::string_view key, std::string_view value) &;
    /// With the empty line at its end.
    std::string text() const { return text_ + "\r\n"; }

  private:
    std::string text_;
};

/// `Key` of a Login that answers a Challenge: the MD5 of challenge and secret, in lower-case hexadecimal.
std::string ami_login_key(std::string_view challenge, std::string_view secret);

}  // namespace callboard
