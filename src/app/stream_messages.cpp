#include "app/stream_messages.hpp"

namespace callboard {

Result<void> StreamMessages::feed(std::string_view bytes,
                                  const std::function<void(const StreamMessage&)>& take) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
        pending_.append(bytes.substr(0, end));
        bytes.remove_prefix(end + 1);
        if (pending_.ends_with('\r')) pending_.pop_back();
        line(pending_, take);
        pending_.clear();
    }
    pending_.append(bytes);
    if (pending_.size() + message_.data.size() > kLongest)
        return Error{Error::Kind::corrupt, "the server sends a message without end; is it a Callboard?"};
    return {};
}

void StreamMessages::line(std::string_view text, const std::function<void(const StreamMessage&)>& take) {
    if (text.empty()) {
        last_id_ = id_;
        if (message_.event.empty()) message_.event = "message";
        if (has_data_) take(message_);
        message_ = {};
        has_data_ = false;
        return;
    }
    const auto colon = text.find(':');
    const auto field = text.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "event") message_.event = value;
    if (field == "id" && value.find('\0') == std::string_view::npos) id_ = value;
    if (field != "data") return;
    if (has_data_) message_.data += '\n';
    has_data_ = true;
    message_.data += value;
}

void StreamMessages::restart() {
    pending_.clear();
    message_ = {};
    has_data_ = false;
    id_ = last_id_;
}

}  // namespace callboard
