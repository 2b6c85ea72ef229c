#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <memory>

#include "app/audit_log.hpp"
#include "app/commands.hpp"
#include "app/data_dir.hpp"
#include "app/failure.hpp"
#include "contacts/contact_import.hpp"

namespace callboard {
namespace {

/// Reads the configuration, opens its contacts and lets `work` do the rest.
int with_contacts(const ContactsOptions& options,
                  const std::function<int(const Config&, ContactStore&)>& work) {
    const auto read = load_config(options.config_file);
    if (const auto* errors = std::get_if<ConfigErrors>(&read)) return fail(options.config_file, *errors);
    const auto& config = std::get<Config>(read);
    const auto is_theirs = [&](const Account& one) { return one.id == options.account; };
    if (!options.account.empty() && std::none_of(config.accounts.begin(), config.accounts.end(), is_theirs))
        return fail(kWrongUse,
                    fmt::format("the configuration has no account \"{}\"; give the id of an [[account]]",
                                options.account));
    const DataDir data{config.data_dir};
    if (auto ready = data.prepare(); !ready) return fail(kNotStarted, ready.error().what);
    auto store = ContactStore::open(data.contacts());
    if (!store) return fail(kNotStarted, store.error().what);
    const int code = work(config, **store);
    data.give_to_owner();
    return code;
}

struct Close {
    void operator()(std::FILE* file) const {
        if (file != stdin) std::fclose(file);
    }
};
using File = std::unique_ptr<std::FILE, Close>;

/// One line that is written over itself; nothing where nobody looks.
class Progress {
  public:
    void tell(const ImportReport& report) {
        if (!seen_ || report.imported == told_) return;
        told_ = report.imported;
        fmt::print(stderr, "\r{} contacts", told_);
        std::fflush(stderr);
    }
    void end() const {
        if (told_ > 0) std::fputc('\n', stderr);
    }

  private:
    const bool seen_ = ::isatty(STDERR_FILENO) == 1;
    std::uint64_t told_ = 0;
};

Result<void> read_all(std::FILE* file, ContactImport& import) {
    Progress progress;
    std::array<char, 65'536> bytes{};
    Result<void> done;
    while (done) {
        const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), file);
        if (count == 0) break;
        done = import.feed({bytes.data(), count});
        progress.tell(import.report());
    }
    if (done && std::ferror(file) != 0)
        done = Error{Error::Kind::unavailable, "the file cannot be read to its end; import it again"};
    if (done) done = import.finish();
    progress.tell(import.report());
    progress.end();
    return done;
}

/// `rows`: those that whoever reads has.
Result<void> write_all(const std::string& account, ContactStore& store, std::uint64_t& rows) {
    constexpr std::size_t kPage = 1'000;
    std::string text;
    append_csv_row(text, {"number", "name"});
    for (std::string after;;) {
        const auto page = store.page(account, after, kPage);
        if (!page) return page.error();
        for (const Contact& contact : *page) append_csv_row(text, {contact.number, contact.name});
        if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
            return Error{Error::Kind::unavailable,
                         "the contacts cannot be written: whoever reads them has gone"};
        rows += page->size();
        if (page->empty()) return {};
        after = page->back().number;
        text.clear();
    }
}

}  // namespace

int contacts_import(const ContactsOptions& options, const std::string& name) {
    return with_contacts(options, [&](const Config& config, ContactStore& store) {
        const File file(name == "-" ? stdin : std::fopen(name.c_str(), "rbe"));
        if (!file) return fail(kWrongUse, fmt::format("{}: the file cannot be opened", name));
        ContactImport import(store, options.account, config.default_region);
        const auto read = read_all(file.get(), import);
        const ImportReport& report = import.report();
        for (const auto& one : report.refusals) say(fmt::format("{}:{}: {}", name, one.line, one.why));
        if (report.refused > report.refusals.size())
            say(fmt::format("{}: {} more rows are like that", name, report.refused - report.refusals.size()));
        if (!read)
            return fail(read.error().kind == Error::Kind::invalid ? kWrongUse : kNotStarted,
                        fmt::format("{}: {}", name, read.error().what));
        note_command(config, options.account, act::ContactsImport{report.imported, report.refused});
        fmt::print("{} contacts imported, {} rows passed over\n", report.imported, report.refused);
        return kDone;
    });
}

int contacts_export(const ContactsOptions& options) {
    return with_contacts(options, [&](const Config& config, ContactStore& store) {
        std::uint64_t rows = 0;
        const auto written = write_all(options.account, store, rows);
        // Also what was written before it broke off has been read.
        note_command(config, options.account, act::ContactsExport{rows});
        return written ? kDone : fail(kNotStarted, written.error().what);
    });
}

int contacts_clear(const ContactsOptions& options) {
    return with_contacts(options, [&](const Config& config, ContactStore& store) {
        const auto cleared = store.clear(options.all ? std::nullopt : std::optional(options.account));
        if (!cleared) return fail(kNotStarted, cleared.error().what);
        note_command(config, options.account, act::ContactsClear{*cleared});
        fmt::print("{} contacts forgotten\n", *cleared);
        return kDone;
    });
}

}  // namespace callboard
