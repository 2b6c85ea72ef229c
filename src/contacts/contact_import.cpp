#include "contacts/contact_import.hpp"

#include <algorithm>
#include <utility>

namespace callboard {

ContactImport::ContactImport(ContactStore& store, std::string account, std::string region)
    : store_(store),
      account_(std::move(account)),
      reader_(
          std::move(region), [this](Contact&& contact) { waiting_.push_back(std::move(contact)); },
          [this](std::size_t line, std::string why) {
              ++report_.refused;
              if (report_.refusals.size() < ImportReport::kMostShown)
                  report_.refusals.push_back({line, std::move(why)});
          }) {}

Result<void> ContactImport::feed(std::string_view slice) {
    // In pieces, so that what waits is bounded whatever the slice.
    constexpr std::size_t kPiece = 65'536;
    for (; !slice.empty(); slice.remove_prefix(std::min(kPiece, slice.size()))) {
        reader_.feed(slice.substr(0, kPiece));
        if (waiting_.size() >= kBatch)
            if (auto kept = put(); !kept) return kept;
    }
    return {};
}

Result<void> ContactImport::finish() {
    if (auto read = reader_.finish(); !read) return read;
    return put();
}

Result<void> ContactImport::put() {
    if (auto kept = store_.put(account_, waiting_); !kept) return kept;
    report_.imported += waiting_.size();
    waiting_.clear();
    return {};
}

}  // namespace callboard
