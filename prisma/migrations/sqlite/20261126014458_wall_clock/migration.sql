-- What was recorded before wall clocks were kept is looked at along its virtual time.
-- CreateTable
CREATE TABLE "ClockStamp" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "roomId" TEXT NOT NULL,
    "wall" BIGINT NOT NULL,
    "time" BIGINT NOT NULL,
    "rate" REAL,
    CONSTRAINT "ClockStamp_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_LogEntry" (
    "roomId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "wall" BIGINT NOT NULL,
    "participantId" TEXT,
    "payload" TEXT NOT NULL,

    PRIMARY KEY ("roomId", "sequence"),
    CONSTRAINT "LogEntry_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_LogEntry" ("participantId", "payload", "roomId", "sequence", "time", "wall") SELECT "participantId", "payload", "roomId", "sequence", "time", "time" FROM "LogEntry";
DROP TABLE "LogEntry";
ALTER TABLE "new_LogEntry" RENAME TO "LogEntry";
CREATE TABLE "new_Keyframe" (
    "roomId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "wall" BIGINT NOT NULL,
    "horizon" BIGINT NOT NULL,
    "revision" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "simulationVersion" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "snapshot" BLOB NOT NULL,

    PRIMARY KEY ("roomId", "sequence"),
    CONSTRAINT "Keyframe_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_Keyframe" ("bytes", "hash", "horizon", "revision", "roomId", "sequence", "simulationVersion", "snapshot", "time", "wall") SELECT "bytes", "hash", "horizon", "revision", "roomId", "sequence", "simulationVersion", "snapshot", "time", "time" FROM "Keyframe";
DROP TABLE "Keyframe";
ALTER TABLE "new_Keyframe" RENAME TO "Keyframe";
CREATE TABLE "new_WorkspaceUpdate" (
    "roomId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "wall" BIGINT NOT NULL,
    "update" BLOB NOT NULL,

    PRIMARY KEY ("roomId", "sequence"),
    CONSTRAINT "WorkspaceUpdate_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_WorkspaceUpdate" ("roomId", "sequence", "time", "update", "wall") SELECT "roomId", "sequence", "time", "update", "time" FROM "WorkspaceUpdate";
DROP TABLE "WorkspaceUpdate";
ALTER TABLE "new_WorkspaceUpdate" RENAME TO "WorkspaceUpdate";
CREATE TABLE "new_TerminalOutput" (
    "roomId" TEXT NOT NULL,
    "terminalId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "wall" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "data" TEXT NOT NULL,

    PRIMARY KEY ("terminalId", "sequence"),
    CONSTRAINT "TerminalOutput_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_TerminalOutput" ("data", "kind", "roomId", "sequence", "terminalId", "time", "wall") SELECT "data", "kind", "roomId", "sequence", "terminalId", "time", "time" FROM "TerminalOutput";
DROP TABLE "TerminalOutput";
ALTER TABLE "new_TerminalOutput" RENAME TO "TerminalOutput";
CREATE INDEX "TerminalOutput_roomId_wall_idx" ON "TerminalOutput"("roomId", "wall");
CREATE TABLE "new_Marker" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "roomId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "time" BIGINT NOT NULL,
    "wall" BIGINT NOT NULL,
    "participantName" TEXT,
    "text" TEXT NOT NULL,
    CONSTRAINT "Marker_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_Marker" ("id", "kind", "participantName", "roomId", "text", "time", "wall") SELECT "id", "kind", "participantName", "roomId", "text", "time", "time" FROM "Marker";
DROP TABLE "Marker";
ALTER TABLE "new_Marker" RENAME TO "Marker";
CREATE INDEX "Marker_roomId_time_idx" ON "Marker"("roomId", "time");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "ClockStamp_roomId_idx" ON "ClockStamp"("roomId");
