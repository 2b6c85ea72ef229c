#include "app/backup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <utility>

#include "api/token_store.hpp"
#include "delivery/key_file.hpp"
#include "journal/copy.hpp"
#include "journal/file_lock.hpp"
#include "net/socket.hpp"

namespace callboard {
namespace {

namespace fs = std::filesystem;

Error unavailable(const fs::path& path, const std::string& why) {
    return {Error::Kind::unavailable, fmt::format("{}: {}", path.string(), why)};
}

/// A folder under a name of its own until it is whole; gone again unless it is.
class Unfinished {
  public:
    static Result<Unfinished> make(fs::path path) {
        if (::mkdir(path.c_str(), 0700) != 0)
            return unavailable(path, "the folder cannot be made: " + system_error(errno));
        return Unfinished(std::move(path));
    }
    Unfinished(Unfinished&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    Unfinished& operator=(Unfinished&&) = delete;
    ~Unfinished() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }
    /// It is somewhere else now.
    void kept() { path_.clear(); }

  private:
    explicit Unfinished(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

/// The files of a folder that end like that, by name.
Result<std::vector<std::string>> files_of(const fs::path& folder, std::string_view extension) {
    std::error_code failed;
    std::vector<std::string> names;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
        if (at->path().extension() == extension && at->is_regular_file(failed))
            names.push_back(at->path().filename().string());
    if (failed) return unavailable(folder, "the folder cannot be read: " + failed.message());
    std::sort(names.begin(), names.end());
    return names;
}

/// The databases of a folder by name, the journal last.
Result<std::vector<std::string>> databases_of(const fs::path& folder) {
    auto found = files_of(folder, ".db");
    if (!found) return found;
    auto& names = *found;
    std::stable_partition(names.begin(), names.end(),
                          [](const std::string& name) { return name != "journal.db"; });
    return names;
}

/// A file that is written at once or not at all.
Result<void> copy_small(const fs::path& from, const fs::path& to) {
    std::ifstream in(from, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (!in) return unavailable(from, "cannot be read; run this as root or as callboard's user");
    const Descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!out || ::write(out.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::fsync(out.get()) != 0)
        return unavailable(to, "cannot be written: " + system_error(errno));
    return {};
}

/// Key, places of sources and databases of one folder, into another.
Result<Backup> copy_all(const DataDir& from, const DataDir& to) {
    const auto names = databases_of(from.path);
    if (!names) return names.error();
    if (names->empty() || names->back() != "journal.db")
        return Error{Error::Kind::missing,
                     from.path.string() + " has no journal.db: name the folder that has it"};
    if (auto copied = copy_small(from.key(), to.key()); !copied) return copied.error();
    Backup backup{{"key"}, 0};
    // Before the journal: a source that goes on from here may tell an event again, and leaves none out.
    const auto places = files_of(from.path, ".place");
    if (!places) return places.error();
    for (const auto& name : *places) {
        if (auto copied = copy_small(from.path / name, to.path / name); !copied) return copied.error();
        backup.files.push_back(name);
    }
    for (const auto& name : *names) {
        backup.files.push_back(name);
        if (name == "journal.db") {
            const auto journal = copy_journal(from.journal(), to.journal());
            if (!journal) return journal.error();
            backup.last = journal->last;
        } else if (auto copied = copy_database(from.path / name, to.path / name); !copied) {
            return copied.error();
        }
    }
    return backup;
}

/// Makes names lasting, as fsync does for bytes.
void sync_folder(const fs::path& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened) ::fsync(opened.get());
}

/// What a server finds in its folder, with the logs that belong to it.
std::vector<fs::path> lasting_files(const DataDir& data) {
    std::vector<fs::path> found;
    std::error_code failed;
    for (fs::directory_iterator at(data.path, failed), end; !failed && at != end; at.increment(failed)) {
        const auto name = at->path().filename().string();
        if (name == "key" || name.ends_with(".place") || name.ends_with(".db") || name.ends_with(".db-wal") ||
            name.ends_with(".db-shm"))
            found.push_back(at->path());
    }
    return found;
}

Result<void> move_all(const std::vector<fs::path>& files, const fs::path& folder) {
    for (const auto& file : files)
        if (::rename(file.c_str(), (folder / file.filename()).c_str()) != 0)
            return unavailable(file, "cannot be moved to " + folder.string() + ": " + system_error(errno));
    return {};
}

/// Whether tokens and key are of one installation.
Result<void> check_tokens(const DataDir& restored, const Clock& clock) {
    auto key = load_or_create_key(restored.key());
    if (!key) return key.error();
    if (auto tokens = TokenStore::open(restored.tokens(), *std::move(key), clock); !tokens)
        return tokens.error();
    return {};
}

}  // namespace

Result<Backup> back_up(const DataDir& data, const fs::path& to) {
    std::error_code failed;
    auto target = fs::absolute(to, failed).lexically_normal();
    if (!target.has_filename()) target = target.parent_path();
    if (fs::exists(target, failed) && !(fs::is_directory(target, failed) && fs::is_empty(target, failed)))
        return unavailable(target, "is there already: name a folder that is new or empty");
    fs::create_directories(target.parent_path(), failed);
    auto unfinished = Unfinished::make(target.string() + ".unfinished-" + std::to_string(::getpid()));
    if (!unfinished) return unfinished.error();
    auto backup = copy_all(data, DataDir{unfinished->path()});
    if (!backup) return backup;
    sync_folder(unfinished->path());
    if (::rename(unfinished->path().c_str(), target.c_str()) != 0)
        return unavailable(target, "the backup cannot be put in place: " + system_error(errno));
    unfinished->kept();
    sync_folder(target.parent_path());
    return backup;
}

Result<Backup> restore_backup(const fs::path& from, const DataDir& data, bool replace, const Clock& clock) {
    if (auto ready = data.prepare(); !ready) return ready.error();
    const auto lock = FileLock::take(data.journal().string() + ".lock");
    if (!lock) return lock.error();
    const auto there = lasting_files(data);
    if (!there.empty() && !replace)
        return Error{Error::Kind::invalid,
                     fmt::format("{} has {} already: give --replace to move what is there aside",
                                 data.path.string(), there.front().filename().string())};
    auto unfinished = Unfinished::make(data.path / ("restoring-" + std::to_string(::getpid())));
    if (!unfinished) return unfinished.error();
    const DataDir restored{unfinished->path()};
    auto backup = copy_all(DataDir{from}, restored);
    if (!backup) return backup;
    if (auto fits = check_tokens(restored, clock); !fits) return fits.error();
    if (auto left = leave_numbers(restored.journal()); !left) return left.error();
    if (!there.empty()) {
        const auto seconds = nanoseconds_since_epoch(clock.now()) / 1'000'000'000;
        const fs::path aside = data.path / fmt::format("replaced-{}", seconds);
        if (::mkdir(aside.c_str(), 0700) != 0)
            return unavailable(aside, "the folder cannot be made: " + system_error(errno));
        if (auto moved = move_all(there, aside); !moved) return moved.error();
    }
    if (auto moved = move_all(lasting_files(restored), data.path); !moved) return moved.error();
    sync_folder(data.path);
    data.give_to_owner();
    return backup;
}

}  // namespace callboard
