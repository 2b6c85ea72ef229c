#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "sources/freeswitch/esl_frame.hpp"

namespace callboard {

/// One event of FreeSWITCH: headers by name, and for some a body. Values are read as they were meant: of the
/// plain form they are URL-encoded on the wire, of the JSON form they are JSON strings.
class EslEvent {
  public:
    /// From the body of a `text/event-plain` or `text/event-json` frame. Error `invalid`: it is neither, or
    /// its JSON cannot be read.
    static Result<EslEvent> read(EslFrame frame);

    /// Decoded; of a header that comes twice the first. Empty when absent.
    std::string get(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
    /// As on the wire, which is the value itself for what is never encoded: UUIDs, words, digits.
    std::string_view raw(std::string_view name) const;

    /// `CHANNEL_ANSWER`, or the subclass of a custom event, `callcenter::info`.
    const std::string& name() const { return name_; }
    /// Calls `visit(name, decoded value)` for every header whose name begins so.
    template <typename Visit>
    void each(std::string_view prefix, Visit visit) const {
        for (const auto& header : headers_)
            if (name_of(header).starts_with(prefix)) visit(name_of(header), value_of(header));
    }
    const std::string& body() const { return body_; }

    static constexpr std::size_t kMostHeaders = 4'096;   ///< further ones are not read
    static constexpr std::size_t kLongestValue = 4'096;  ///< bytes; longer values are cut

  private:
    /// Places in text_.
    struct Header {
        std::size_t name = 0, name_length = 0, value = 0, value_length = 0;
    };
    void read_plain();
    Result<void> read_json();
    void add(std::string_view name, std::string_view value);
    const Header* find(std::string_view name) const;
    std::string_view name_of(const Header& header) const {
        return std::string_view(text_).substr(header.name, header.name_length);
    }
    std::string value_of(const Header& header) const;

    std::string text_;
    std::vector<Header> headers_;
    bool encoded_ = false;
    std::string name_;
    std::string body_;
};

}  // namespace callboard
