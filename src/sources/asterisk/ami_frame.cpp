#include "sources/asterisk/ami_frame.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace callboard {

void AmiFrame::add(std::string_view key, std::string_view value) {
    fields_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(key.size()),
                       static_cast<std::uint32_t>(value.size())});
    text_.append(key).append(value);
}

void AmiFrame::clear() {
    text_.clear();
    fields_.clear();
}

const AmiFrame::Field* AmiFrame::find(std::string_view key) const {
    const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) {
        return equals_ignoring_case(key_of(field), key);
    });
    return found == fields_.end() ? nullptr : &*found;
}

std::string_view AmiFrame::get(std::string_view key) const {
    const Field* found = find(key);
    return found == nullptr ? std::string_view() : value_of(*found);
}

std::pair<std::string_view, std::string_view> AmiFrame::field(std::size_t index) const {
    return {key_of(fields_[index]), value_of(fields_[index])};
}

std::string_view AmiFrame::channel_variable(std::string_view name, std::string_view prefix) const {
    constexpr std::string_view kKey = "ChanVariable";
    for (const Field& field : fields_) {
        const std::string_view key = key_of(field), value = value_of(field);
        if (key.size() != prefix.size() + kKey.size() || !key.starts_with(prefix) || !key.ends_with(kKey))
            continue;
        if (value.size() > name.size() && value[name.size()] == '=' && value.starts_with(name))
            return value.substr(name.size() + 1);
    }
    return {};
}

}  // namespace callboard
