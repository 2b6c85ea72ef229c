#pragma once

#include <string>
#include <string_view>

#include "event/numbering.hpp"

namespace callboard {

/// Takes one number out of texts, however it is written there: `0033612345678`, `+33612345678`, `0612345678`,
/// `06 12 34 56 78`. `anonymous` takes its place, the protocol's word for a caller who is not named. One
/// thread.
class Eraser {
  public:
    /// `region`: as for Numbering.
    Eraser(std::string_view number, std::string region);

    /// The number in the form of the protocol; what is looked for.
    const std::string& number() const { return number_; }
    /// Whether this is a number of the public network, which alone can be erased: an extension of three
    /// digits is in every text.
    bool is_number() const;

    /// Returns whether the number was there.
    bool erase(std::string& text);
    /// The same for the texts in a JSON document; what is no text stays.
    bool erase_json(std::string& json);

    static constexpr std::string_view kInstead = "anonymous";

  private:
    std::size_t length_at(std::string_view text, std::size_t at);

    Numbering numbering_;
    std::string number_;
};

}  // namespace callboard
