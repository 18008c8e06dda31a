-- What was recorded before wall clocks were kept is looked at along its virtual time.
-- DropIndex
DROP INDEX "TerminalOutput_roomId_time_idx";

-- AlterTable
ALTER TABLE "LogEntry" ADD COLUMN     "wall" BIGINT;
UPDATE "LogEntry" SET "wall" = "time";
ALTER TABLE "LogEntry" ALTER COLUMN "wall" SET NOT NULL;

-- AlterTable
ALTER TABLE "Keyframe" ADD COLUMN     "wall" BIGINT;
UPDATE "Keyframe" SET "wall" = "time";
ALTER TABLE "Keyframe" ALTER COLUMN "wall" SET NOT NULL;

-- AlterTable
ALTER TABLE "WorkspaceUpdate" ADD COLUMN     "wall" BIGINT;
UPDATE "WorkspaceUpdate" SET "wall" = "time";
ALTER TABLE "WorkspaceUpdate" ALTER COLUMN "wall" SET NOT NULL;

-- AlterTable
ALTER TABLE "TerminalOutput" ADD COLUMN     "wall" BIGINT;
UPDATE "TerminalOutput" SET "wall" = "time";
ALTER TABLE "TerminalOutput" ALTER COLUMN "wall" SET NOT NULL;

-- AlterTable
ALTER TABLE "Marker" ADD COLUMN     "wall" BIGINT;
UPDATE "Marker" SET "wall" = "time";
ALTER TABLE "Marker" ALTER COLUMN "wall" SET NOT NULL;

-- CreateTable
CREATE TABLE "ClockStamp" (
    "id" SERIAL NOT NULL,
    "roomId" TEXT NOT NULL,
    "wall" BIGINT NOT NULL,
    "time" BIGINT NOT NULL,
    "rate" DOUBLE PRECISION,

    CONSTRAINT "ClockStamp_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ClockStamp_roomId_idx" ON "ClockStamp"("roomId");

-- CreateIndex
CREATE INDEX "TerminalOutput_roomId_wall_idx" ON "TerminalOutput"("roomId", "wall");

-- AddForeignKey
ALTER TABLE "ClockStamp" ADD CONSTRAINT "ClockStamp_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room"("id") ON DELETE CASCADE ON UPDATE CASCADE;
