#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard {

/// One message of the Asterisk Manager Interface: `Key: value` lines in the order in which they came, keys
/// perhaps repeated. A value; owns its text.
class AmiFrame {
  public:
    void add(std::string_view key, std::string_view value);
    void clear();
    bool empty() const { return fields_.empty(); }
    std::size_t size() const { return fields_.size(); }

    /// The value of the first line with this key, whatever the case of its letters; empty when absent.
    std::string_view get(std::string_view key) const;
    bool has(std::string_view key) const { return find(key) != nullptr; }
    std::pair<std::string_view, std::string_view> field(std::size_t index) const;

    /// Of the lines `ChanVariable: NAME=value` (`channelvars` of manager.conf) the value of that name; empty
    /// when absent. `prefix`: of the channel that is meant, as in `DestChanVariable`.
    std::string_view channel_variable(std::string_view name, std::string_view prefix = {}) const;

    /// The value of `Event`, else of `Response` never: empty for an answer.
    std::string_view event() const { return get("Event"); }

  private:
    struct Field {
        std::uint32_t begin, key, value;  // lengths of key and value, which follow each other
    };
    const Field* find(std::string_view key) const;
    std::string_view key_of(const Field& field) const {
        return std::string_view(text_).substr(field.begin, field.key);
    }
    std::string_view value_of(const Field& field) const {
        return std::string_view(text_).substr(field.begin + field.key, field.value);
    }

    std::string text_;
    std::vector<Field> fields_;
};

}  // namespace callboard
